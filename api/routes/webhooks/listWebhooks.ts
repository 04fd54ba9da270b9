import { listWebhooks as findWebhooks } from '../../../db/outbox/webhooks.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';
import { queriedOrganization } from './queriedOrganization.ts';
import { webhookScopes } from './requireWebhook.ts';

export const listWebhooks = route({
  name: 'listWebhooks',
  method: 'GET',
  path: '/api/slipway/v1/webhooks',
  summary: 'Webhooks of an organization, the oldest first',
  access: webhookScopes,
  query: {
    organization: 'Slug or id.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of webhooks', 400: 'No organization is named' },
  handle: async (request, context) => {
    const { organization } = await queriedOrganization(request, context);
    return offsetList(request, context, {
      rows: (window) => findWebhooks(context.pool, organization.id, window),
      json: (webhooks) =>
        serialize('webhook', webhooks, context, { organization: organization.slug }),
    });
  },
});
