import { findAvatar } from '../../../db/avatars.ts';
import { listProjects } from '../../../db/organizationLists.ts';
import { findOrganizationSettings } from '../../../db/organizationSettings.ts';
import { listTeams } from '../../../db/teamLists.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import { serializeAvatar } from '../../serializers/avatar.ts';
import { serializeOrganizationDetails } from '../../serializers/organization.ts';
import { serializeProject } from '../../serializers/project.ts';
import { serializeTeam } from '../../serializers/team.ts';

/** Embedding more would make every `sentry` command, which starts here, carry all of it. */
const EMBEDDED_MAX = 100;

/** The full form of an organization; with its first projects and teams when they are asked for. */
export async function organizationDetails(
  context: AppContext,
  access: OrganizationAccess,
  withLists: boolean,
): Promise<Record<string, unknown>> {
  const { organization, memberId } = access;
  const filter = { organizationId: organization.id, memberId };
  const window = { offset: 0, limit: EMBEDDED_MAX };
  const [settings, avatar, projects, teams] = await Promise.all([
    findOrganizationSettings(context.pool, organization.id),
    findAvatar(context.pool, { kind: 'organization', id: organization.id }),
    withLists ? listProjects(context.pool, { ...filter, ids: null }, window) : [],
    withLists ? listTeams(context.pool, { ...filter, projectId: null, pattern: null }, window) : [],
  ]);
  const { publicUrl } = context.config;
  return {
    ...serializeOrganizationDetails(organization, publicUrl, settings, access),
    avatar: serializeAvatar('organization', avatar, publicUrl),
    ...(withLists
      ? {
          projects: projects.map(serializeProject),
          teams: teams.map((team) => serializeTeam(team, access)),
        }
      : {}),
  };
}
