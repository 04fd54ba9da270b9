import { createHmac } from 'node:crypto';

/** The headers of a delivery: what it is, and proof that it comes from here and is of now. */
export function signDelivery(
  delivery: Readonly<{ id: string; event: string; body: string; secret: string; now: number }>,
): Record<string, string> {
  const timestamp = String(Math.floor(delivery.now / 1_000));
  const digest = createHmac('sha256', delivery.secret)
    .update(`${timestamp}.${delivery.body}`)
    .digest('hex');
  return {
    'content-type': 'application/json',
    'user-agent': 'Slipway',
    'x-slipway-event': delivery.event,
    'x-slipway-delivery': delivery.id,
    'x-slipway-timestamp': timestamp,
    'x-slipway-signature': `v1=${digest}`,
  };
}
