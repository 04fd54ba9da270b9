import type { ProjectView } from '../../db/organizationLists.ts';
import type { TeamView } from '../../db/teamLists.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import type { OrganizationAccess } from '../access/organizationAccess.ts';
import { letterAvatar } from './avatar.ts';
import { serializeProject } from './project.ts';

/** A team as the caller sees it. */
export function serializeTeam(team: TeamView, access: OrganizationAccess): Record<string, unknown> {
  return {
    id: team.id,
    slug: team.slug,
    name: team.name,
    dateCreated: formatDateTime(team.dateAdded),
    isMember: team.isMember,
    teamRole: null,
    flags: { 'idp:provisioned': false },
    access: access.scopes,
    hasAccess:
      team.isMember ||
      access.organization.openMembership ||
      access.role === 'owner' ||
      access.role === 'manager',
    isPending: false,
    memberCount: team.memberCount,
    avatar: letterAvatar,
  };
}

export function serializeTeamWithProjects(
  team: TeamView,
  access: OrganizationAccess,
  projects: readonly ProjectView[],
): Record<string, unknown> {
  return {
    ...serializeTeam(team, access),
    projects: projects
      .filter((project) => project.teams.some(({ id }) => id === team.id))
      .map(serializeProject),
  };
}
