import { listDeliveries } from '../../../db/outbox/deliveryLog.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';
import { requireWebhook, webhookScopes } from './requireWebhook.ts';

export const listWebhookDeliveries = route({
  name: 'listWebhookDeliveries',
  method: 'GET',
  path: '/api/slipway/v1/webhooks/{id}/deliveries',
  summary: 'What a webhook was told and how it answered, the newest first',
  access: webhookScopes,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of deliveries', 404: 'No such webhook in your organizations' },
  handle: async (request, context) => {
    const { webhook } = await requireWebhook(request, context);
    return offsetList(request, context, {
      rows: (window) => listDeliveries(context.pool, { webhookId: webhook.id }, window),
      json: (deliveries) => serialize('delivery', deliveries, context),
    });
  },
});
