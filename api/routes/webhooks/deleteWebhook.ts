import { deleteWebhook as removeWebhook } from '../../../db/outbox/webhooks.ts';
import { transaction } from '../../../db/pool.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { auditWebhook } from './auditWebhook.ts';
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
    await transaction(context.pool, async (tx) => {
      if (!(await removeWebhook(tx, webhook.id))) return;
      await auditWebhook(tx, request, 'servicehook.remove', webhook);
    });
    return noContent();
  },
});
