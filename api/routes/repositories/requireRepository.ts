import { notFound } from '../../../domain/errors.ts';
import { findRepository, type RepositoryDetails } from '../../../db/repositories.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { isId } from '../../validation/isId.ts';

/** @throws AppError not_found unless the organization has a repository with the id of the path. */
export async function requireRepository(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<RepositoryDetails> {
  const id = request.param('repositoryId');
  const found = isId(id) ? await findRepository(context.pool, access.organization.id, id) : null;
  if (found === null) throw notFound();
  return found;
}
