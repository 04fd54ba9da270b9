import { effectiveScopes, type Scope } from '../../domain/scopes.ts';
import { notFound } from '../../domain/errors.ts';
import type { Membership } from '../../db/models/member.ts';
import { findMembership } from '../../db/models/token.ts';
import { findOrganization, type Organization } from '../../db/models/organization.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { Principal } from './principal.ts';
import { forbidden, insufficientScope } from './requireScope.ts';

/** A caller inside of one organization. */
export type OrganizationAccess = Readonly<{
  principal: Principal;
  organization: Organization;
  /** Null for organization tokens, which have no person behind them. */
  memberId: string | null;
  role: Membership['role'] | null;
  /** What the token and the member's role both allow. */
  scopes: readonly Scope[];
}>;

/**
 * The organization of the path, by slug or id, or another one that the path leads to.
 * @throws AppError not_found for an unknown one and for users who are no members; forbidden for a token of another one
 * (decisions 4), and when the member's role takes away the scope that the route needs.
 */
export async function requireOrganization(
  request: ApiRequest,
  context: AppContext,
  accepted: readonly Scope[] | null,
  idOrSlug: string = request.param('organization'),
): Promise<OrganizationAccess> {
  const { principal, models } = request;
  const organization = await findOrganization(models, idOrSlug);
  if (organization === null) throw notFound();
  if (principal.kind === 'organization') {
    if (organization.id !== principal.organizationId) throw forbidden();
    return { principal, organization, memberId: null, role: null, scopes: principal.scopes };
  }
  const { userId: id, memberships } = principal;
  const member = await findMembership(context.pool, { id, memberships }, organization.id);
  if (member === null) throw notFound();
  const scopes = effectiveScopes(principal.scopes, member.role, organization);
  if (accepted !== null && !accepted.some((scope) => scopes.includes(scope))) {
    throw insufficientScope(
      accepted,
      `Your role in this organization lacks all of these scopes: ${accepted.join(', ')}.`,
    );
  }
  return { principal, organization, memberId: member.id, role: member.role, scopes };
}

/**
 * Whether no list of projects is needed: organization tokens and `project:releases` reach every project, owners and
 * managers too, and with open membership so does everybody, though only when they ask widely (releases-api 1.3).
 */
export function accessesAllProjects(access: OrganizationAccess, width: 'narrow' | 'wide'): boolean {
  if (access.principal.kind === 'organization') return access.scopes.includes('org:ci');
  if (access.scopes.includes('project:releases')) return true;
  if (width === 'narrow') return false;
  return access.organization.openMembership || access.role === 'owner' || access.role === 'manager';
}
