import { deleteWebhook as removeWebhook } from '../../../db/outbox/webhooks.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { requireWebhook, webhookScopes } from './requireWebhook.ts';

export const deleteWebhook = route({
  name: 'deleteWebhook',
  method: 'DELETE',
  path: '/api/slipway/v1/webhooks/{id}',
  summary: 'Delete a webhook and what is left to tell it',
  access: webhookScopes,
  responses: { 204: 'The webhook is gone', 404: 'No such webhook in your organizations' },
  handle: async (request, context) => {
    const { webhook } = await requireWebhook(request, context);
    await removeWebhook(context.pool, webhook.id);
    return noContent();
  },
});
