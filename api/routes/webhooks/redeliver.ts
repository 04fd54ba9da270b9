import { notFound } from '../../../domain/errors.ts';
import { findDelivery, reviveDelivery, type DeliveryView } from '../../../db/outbox/deliveryLog.ts';
import { markRelayed } from '../../../db/outbox/relayEvents.ts';
import { requireOwnOrganization } from '../../access/requireOwnOrganization.ts';
import type { AppContext } from '../../context.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { isUuid } from '../../validation/isUuid.ts';
import { webhookScopes } from './requireWebhook.ts';

export const redeliver = route({
  name: 'redeliver',
  method: 'POST',
  path: '/api/slipway/v1/deliveries/{id}/redeliver',
  summary: 'Make a delivery once more, or at once when it waits for its next attempt',
  access: webhookScopes,
  responses: {
    202: 'The delivery, which is pending now',
    404: 'No such delivery in your organizations',
  },
  handle: async (request, context) => {
    const id = request.param('id');
    const known = isUuid(id) ? await findDelivery(context.pool, id) : null;
    if (known === null) throw notFound();
    const access = await requireOwnOrganization(
      request,
      context,
      webhookScopes,
      known.organizationId,
    );
    const delivery = await reviveDelivery(context.pool, id);
    if (delivery === null) throw notFound();
    await start(context, delivery, access.organization.slug);
    return { status: 202, body: await serializeOne('delivery', delivery, context) };
  },
});

/** It is stored as pending: what cannot be started now, the reconciler starts. */
async function start(
  context: AppContext,
  delivery: DeliveryView,
  organizationSlug: string,
): Promise<void> {
  try {
    await context.deliveries.deliverNow({
      id: delivery.id,
      workflowId: delivery.workflowId,
      type: delivery.eventType,
      organizationSlug,
      target: delivery.target,
    });
    await markRelayed(context.pool, [delivery.eventId]);
  } catch (error) {
    context.logger.warn({ err: error, delivery: delivery.id }, 'A redelivery waits to be started');
  }
}
