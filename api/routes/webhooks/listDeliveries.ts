import { listDeliveries as findDeliveries } from '../../../db/outbox/deliveryLog.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';
import { queriedOrganization } from './queriedOrganization.ts';
import { webhookScopes } from './requireWebhook.ts';

export const listDeliveries = route({
  name: 'listDeliveries',
  method: 'GET',
  path: '/api/slipway/v1/deliveries',
  summary: 'What webhooks and trackers of linked issues were told, the newest first',
  access: webhookScopes,
  query: {
    organization: 'Slug or id.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of deliveries', 400: 'No organization is named' },
  handle: async (request, context) => {
    const { organization } = await queriedOrganization(request, context);
    return offsetList(request, context, {
      rows: (window) => findDeliveries(context.pool, { organizationId: organization.id }, window),
      json: (deliveries) => serialize('delivery', deliveries, context),
    });
  },
});
