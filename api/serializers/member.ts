import type { MemberView } from '../../db/members.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { roles } from '../../domain/scopes.ts';
import { roleName } from './organization.ts';
import { serializeUser } from './user.ts';

export function serializeMember(member: MemberView): Record<string, unknown> {
  const { user } = member;
  return {
    id: member.id,
    email: user.email ?? '',
    name: user.name === '' ? (user.email ?? user.username) : user.name,
    user: serializeUser(user),
    role: member.role,
    roleName: roleName(member.role),
    orgRole: member.role,
    pending: false,
    expired: false,
    inviteStatus: 'approved',
    inviterName: null,
    dateCreated: formatDateTime(member.dateAdded),
    teams: member.teams,
    teamRoles: member.teams.map((teamSlug) => ({ teamSlug, role: null })),
  };
}

/** A member with the roles that there are. */
export function serializeMemberDetails(member: MemberView): Record<string, unknown> {
  return {
    ...serializeMember(member),
    orgRoleList: roles.map((id) => ({ id, name: roleName(id) })),
  };
}
