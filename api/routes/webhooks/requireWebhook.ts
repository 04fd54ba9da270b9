import { notFound } from '../../../domain/errors.ts';
import { findWebhook, type Webhook } from '../../../db/outbox/webhooks.ts';
import { requireOwnOrganization } from '../../access/requireOwnOrganization.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { isId } from '../../validation/isId.ts';

/** A webhook's URL may hold a secret of its receiver: reading takes as much as writing. */
export const webhookScopes = organizationScopes.write;

/** @throws AppError not_found for one of another organization, too. */
export async function requireWebhook(
  request: ApiRequest,
  context: AppContext,
): Promise<Readonly<{ webhook: Webhook; access: OrganizationAccess }>> {
  const id = request.param('id');
  const webhook = isId(id) ? await findWebhook(context.pool, id) : null;
  if (webhook === null) throw notFound();
  const access = await requireOwnOrganization(
    request,
    context,
    webhookScopes,
    webhook.organizationId,
  );
  return { webhook, access };
}
