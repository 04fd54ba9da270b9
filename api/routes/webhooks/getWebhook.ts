import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { requireWebhook, webhookScopes } from './requireWebhook.ts';

export const getWebhook = route({
  name: 'getWebhook',
  method: 'GET',
  path: '/api/slipway/v1/webhooks/{id}',
  summary: 'A webhook, without its secret',
  access: webhookScopes,
  responses: { 200: 'The webhook', 404: 'No such webhook in your organizations' },
  handle: async (request, context) => {
    const { webhook, access } = await requireWebhook(request, context);
    const organization = access.organization.slug;
    return ok(await serializeOne('webhook', webhook, context, { organization }));
  },
});
