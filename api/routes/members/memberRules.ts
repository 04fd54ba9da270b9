import { findMember, type MemberView } from '../../../db/members.ts';
import { findTeams } from '../../../db/teams.ts';
import { AppError, fieldError, notFound } from '../../../domain/errors.ts';
import { roles, type Role } from '../../../domain/scopes.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { isId } from '../../validation/isId.ts';

/** Tokens have no role of their own: those that may change members reach as far as a manager. */
const TOKEN_ROLE: Role = 'manager';

/** Whether the caller may give, change or take away a role: nobody reaches above their own. */
export function mayManageRole(access: OrganizationAccess, role: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(access.role ?? TOKEN_ROLE);
}

/** @throws AppError forbidden for a role above the caller's own. */
export function requireManageableRole(access: OrganizationAccess, role: Role): void {
  if (mayManageRole(access, role)) return;
  throw new AppError(
    'forbidden',
    'You do not have permission to perform this action. The role is above your own.',
  );
}

/** The member of the path: by id, or the caller themselves as `me`. */
export async function requireMember(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<MemberView> {
  const given = request.param('member');
  const id = given === 'me' ? access.memberId : given;
  if (id === null || !isId(id)) throw notFound();
  const member = await findMember(context.pool, access.organization.id, id);
  if (member === null) throw notFound();
  return member;
}

/** @throws AppError 400 when the organization does not have all of the teams. */
export async function requireTeamIds(
  context: AppContext,
  access: OrganizationAccess,
  slugs: readonly string[],
): Promise<string[]> {
  if (slugs.length === 0) return [];
  const teams = await findTeams(context.pool, access.organization.id, slugs);
  if (teams.length < slugs.length) throw fieldError('teams', 'Invalid team slug.');
  return teams.map(({ id }) => id);
}
