import { findOrganizationToken, type OrganizationToken } from '../../../db/tokens.ts';
import { notFound } from '../../../domain/errors.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { isId } from '../../validation/isId.ts';

/** The active organization token of the path. */
export async function requireOrganizationToken(
  request: ApiRequest,
  context: AppContext,
  { organization }: OrganizationAccess,
): Promise<OrganizationToken> {
  const id = request.param('token');
  const token = isId(id) ? await findOrganizationToken(context.pool, organization.id, id) : null;
  if (token === null) throw notFound();
  return token;
}
