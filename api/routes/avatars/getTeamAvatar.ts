import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { teamDetails } from '../teams/getTeam.ts';

export const getTeamAvatar = route({
  name: 'getTeamAvatar',
  method: 'GET',
  path: '/api/0/teams/{organization}/{team}/avatar/',
  summary: 'A team with its avatar',
  access: teamScopes.read,
  responses: { 200: 'The team', 404: 'No such team' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.read);
    return ok(await teamDetails(context, access, await requireTeam(request, context, access)));
  },
});
