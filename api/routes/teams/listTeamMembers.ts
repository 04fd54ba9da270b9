import { listMembers } from '../../../db/members.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes, teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

const accepted = [...teamScopes.read, ...memberScopes.read];

export const listTeamMembers = route({
  name: 'listTeamMembers',
  method: 'GET',
  path: '/api/0/teams/{organization}/{team}/members/',
  summary: 'Members of a team, by e-mail',
  access: accepted,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of members', 404: 'No such team' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, accepted);
    const team = await requireTeam(request, context, access);
    const filter = {
      organizationId: access.organization.id,
      pattern: null,
      role: null,
      teamId: team.id,
    };
    return offsetList(request, context, {
      rows: (window) => listMembers(context.pool, filter, window),
      json: (members) => serialize('teamMember', members, context, { teamSlug: team.slug }),
    });
  },
});
