import { findPendingOrganization } from '../../db/models/organization.ts';
import { findMembership } from '../../db/models/token.ts';
import { AppError } from '../../domain/errors.ts';
import { effectiveScopes, type Scope } from '../../domain/scopes.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { requireOrganization, type OrganizationAccess } from './organizationAccess.ts';
import { requireScope } from './requireScope.ts';

/**
 * The organization of the path, also while it waits for its deletion: its details are then all that is left of it, for
 * its members, who may take the deletion back there.
 * @throws AppError like requireOrganization.
 */
export async function requireKnownOrganization(
  request: ApiRequest,
  context: AppContext,
  accepted: readonly Scope[] | null,
): Promise<OrganizationAccess> {
  try {
    return await requireOrganization(request, context, accepted);
  } catch (error) {
    const { principal } = request;
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    if (principal.kind !== 'user') throw error;
    const organization = await findPendingOrganization(context.pool, request.param('organization'));
    if (organization === null) throw error;
    const { userId: id, memberships } = principal;
    const member = await findMembership(context.pool, { id, memberships }, organization.id);
    if (member === null) throw error;
    const { id: memberId, role } = member;
    const scopes = effectiveScopes(principal.scopes, role, organization);
    if (accepted !== null) requireScope(scopes, accepted);
    return { principal, organization, memberId, role, scopes };
  }
}
