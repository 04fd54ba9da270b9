import { fieldError } from '../../../domain/errors.ts';
import { createWebhook as insertWebhook } from '../../../db/outbox/webhooks.ts';
import { transaction } from '../../../db/pool.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { newWebhookSchema } from '../../validation/webhookBodies.ts';
import { auditWebhook } from './auditWebhook.ts';
import { webhookScopes } from './requireWebhook.ts';
import { checkTargetUrl } from './targetUrl.ts';

/** Every event fans out to all of them. */
const WEBHOOKS_MAX = 50;

export const SECRET_HEX_DIGITS = 64;

export const createWebhook = route({
  name: 'createWebhook',
  method: 'POST',
  path: '/api/slipway/v1/webhooks',
  summary: 'Tell a URL what happens in an organization; the secret is shown in this answer only',
  access: webhookScopes,
  body: newWebhookSchema,
  responses: { 201: 'The webhook with its secret', 400: 'The body is wrong' },
  handle: async (request, context) => {
    const body = validateBody(newWebhookSchema, await request.body());
    const access = await requireOrganization(request, context, webhookScopes, body.organization);
    await checkTargetUrl(context, body.url);
    const secret = body.secret ?? randomHex(SECRET_HEX_DIGITS);
    const wanted = {
      organizationId: access.organization.id,
      url: body.url,
      events: [...new Set(body.events)],
      secretEncrypted: new SecretBox(context.config.secret).seal(secret),
    };
    const webhook = await transaction(context.pool, async (tx) => {
      const created = await insertWebhook(tx, wanted, WEBHOOKS_MAX);
      if (created !== null) await auditWebhook(tx, request, 'servicehook.create', created);
      return created;
    });
    if (webhook === null) {
      throw fieldError('organization', `An organization has at most ${WEBHOOKS_MAX} webhooks.`);
    }
    const options = { organization: access.organization.slug, secret };
    return { status: 201, body: await serializeOne('webhook', webhook, context, options) };
  },
});
