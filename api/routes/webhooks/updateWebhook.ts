import { notFound } from '../../../domain/errors.ts';
import { updateWebhook as patchWebhook } from '../../../db/outbox/webhooks.ts';
import { transaction } from '../../../db/pool.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { webhookPatchSchema } from '../../validation/webhookBodies.ts';
import { auditWebhook } from './auditWebhook.ts';
import { requireWebhook, webhookScopes } from './requireWebhook.ts';
import { checkTargetUrl } from './targetUrl.ts';

export const updateWebhook = route({
  name: 'updateWebhook',
  method: 'PUT',
  path: '/api/slipway/v1/webhooks/{id}',
  summary: 'Change the URL, the events or the secret of a webhook, or switch it off and on',
  access: webhookScopes,
  body: webhookPatchSchema,
  responses: {
    200: 'The webhook; with its secret when that was changed',
    400: 'The body is wrong',
    404: 'No such webhook in your organizations',
  },
  handle: async (request, context) => {
    const { webhook, access } = await requireWebhook(request, context);
    const body = validateBody(webhookPatchSchema, await request.body());
    if (body.url !== undefined) await checkTargetUrl(context, body.url);
    const { secret } = body;
    const patch = {
      url: body.url,
      events: body.events,
      secretEncrypted:
        secret === undefined ? undefined : new SecretBox(context.config.secret).seal(secret),
      isActive: body.isActive,
    };
    const updated = await transaction(context.pool, async (tx) => {
      const patched = await patchWebhook(tx, webhook.id, patch);
      const rotated = secret === undefined ? {} : { secret_rotated: true };
      if (patched !== null) await auditWebhook(tx, request, 'servicehook.edit', patched, rotated);
      return patched;
    });
    if (updated === null) throw notFound();
    const organization = access.organization.slug;
    return ok(await serializeOne('webhook', updated, context, { organization, secret }));
  },
});
