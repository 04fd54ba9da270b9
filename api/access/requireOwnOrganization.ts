import { AppError, notFound } from '../../domain/errors.ts';
import type { Scope } from '../../domain/scopes.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { requireOrganization, type OrganizationAccess } from './organizationAccess.ts';

/**
 * The organization that something named by its id belongs to.
 * @throws AppError not_found when the caller may not use it: what is somebody else's does not exist for them.
 */
export async function requireOwnOrganization(
  request: ApiRequest,
  context: AppContext,
  accepted: readonly Scope[],
  organizationId: string,
): Promise<OrganizationAccess> {
  try {
    return await requireOrganization(request, context, accepted, organizationId);
  } catch (error) {
    throw error instanceof AppError ? notFound() : error;
  }
}
