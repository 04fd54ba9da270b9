import { fieldError } from '../../../domain/errors.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { fieldMessages } from '../../validation/fields.ts';
import { webhookScopes } from './requireWebhook.ts';

/** The organization that a list is asked for in the query string. */
export async function queriedOrganization(
  request: ApiRequest,
  context: AppContext,
): Promise<OrganizationAccess> {
  const name = request.query.get('organization') ?? '';
  if (name === '') throw fieldError('organization', fieldMessages.required);
  return requireOrganization(request, context, webhookScopes, name);
}
