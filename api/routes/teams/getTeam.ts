import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import type { AppContext } from '../../context.ts';
import type { TeamView } from '../../../db/teamLists.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';

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
  const [shown, organization] = await Promise.all([
    serializeOne('teamWithProjects', team, context, { access }),
    serializeOne('organization', access.organization, context),
  ]);
  return { ...shown, organization };
}
