import { listProjects } from '../../../db/organizationLists.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import type { AppContext } from '../../context.ts';
import type { TeamView } from '../../../db/teamLists.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOrganization } from '../../serializers/organization.ts';
import { serializeTeamWithProjects } from '../../serializers/team.ts';

/** As many as an organization embeds anywhere. */
const EMBEDDED_PROJECTS_MAX = 100;

export const getTeam = route({
  name: 'getTeam',
  method: 'GET',
  path: '/api/0/teams/{organization}/{team}/',
  summary: 'A team with its projects',
  access: teamScopes.read,
  responses: { 200: 'The team', 404: 'No such team' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.read);
    return ok(await teamDetails(context, access, await requireTeam(request, context, access)));
  },
});

/** A team with its organization and its first projects. */
export async function teamDetails(
  context: AppContext,
  access: OrganizationAccess,
  team: TeamView,
): Promise<Record<string, unknown>> {
  const projects = await listProjects(
    context.pool,
    {
      organizationId: access.organization.id,
      memberId: access.memberId,
      ids: null,
      teamId: team.id,
    },
    { offset: 0, limit: EMBEDDED_PROJECTS_MAX },
  );
  return {
    ...serializeTeamWithProjects(team, access, projects),
    organization: serializeOrganization(access.organization, context.config.publicUrl),
  };
}
