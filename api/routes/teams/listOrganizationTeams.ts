import { containsPattern } from '../../../db/likePattern.ts';
import { listTeams } from '../../../db/teamLists.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listOrganizationTeams = route({
  name: 'listOrganizationTeams',
  method: 'GET',
  path: '/api/0/organizations/{organization}/teams/',
  summary: 'Teams of an organization, by slug',
  access: teamScopes.read,
  query: {
    detailed: '0 leaves the projects of each team out.',
    query: 'Part of the slug or name.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of teams' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.read);
    const text = request.query.get('query')?.trim() ?? '';
    const filter = {
      organizationId: access.organization.id,
      memberId: access.memberId,
      projectId: null,
      pattern: text === '' ? null : containsPattern(text),
    };
    const kind = request.query.get('detailed') === '0' ? 'team' : 'teamWithProjects';
    return offsetList(request, context, {
      rows: (window) => listTeams(context.pool, filter, window),
      json: (teams) => serialize(kind, teams, context, { access }),
    });
  },
});
