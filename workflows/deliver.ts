import { condition, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { DeliverActivities } from '../activities/deliver/deliverActivities.ts';
import { retryNowSignal } from './messages.ts';
import { outboundPolicy } from './retryPolicies.ts';

/** Times travel in the input: changing a constant would break the replay of running workflows. */
export type DeliverInput = Readonly<{
  deliveryId: string;
  /** How long a target that does not take the delivery is tried. */
  retryForMs: number;
  /** The first pause between attempts; it doubles up to the second one. */
  pauseMs: Readonly<{ first: number; longest: number }>;
}>;

const { attemptDelivery } = proxyActivities<DeliverActivities>(outboundPolicy);

/**
 * Makes one delivery: a webhook's, or the status of an issue for its tracker.
 *
 * pending ──attempt──▶ delivered
 *         ──refused or unreachable──▶ pause (Retry-After, doubling; `retryNow` ends it) ──▶ pending
 *         ──gone, forbidden, or out of time──▶ failed, with the reason
 */
export async function deliver(input: DeliverInput): Promise<{ state: string }> {
  const startedAt = Date.now();
  let wakes = 0;
  setHandler(retryNowSignal, () => {
    wakes += 1;
  });
  let pauseMs = input.pauseMs.first;
  for (;;) {
    setCurrentDetails('Asking the target');
    const seen = wakes;
    const { state, afterMs, reason } = await attemptDelivery({
      deliveryId: input.deliveryId,
      pauseMs,
      remainingMs: startedAt + input.retryForMs - Date.now(),
    });
    if (state !== 'pending' || afterMs === null) {
      // Whoever asked for it again during the attempt may have made it pending again.
      if (wakes > seen) continue;
      setCurrentDetails(state === 'delivered' ? 'Delivered' : `Not delivered: ${reason ?? state}`);
      return { state };
    }
    setCurrentDetails(
      `${reason ?? ''}\n\nPausing for ${Math.round(afterMs / 1_000)} s. The signal \`retryNow\` ends the pause.`,
    );
    await condition(() => wakes > seen, afterMs);
    pauseMs = Math.min(pauseMs * 2, input.pauseMs.longest);
  }
}
