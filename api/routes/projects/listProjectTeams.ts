import { listTeams } from '../../../db/teamLists.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listProjectTeams = route({
  name: 'listProjectTeams',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/teams/',
  summary: 'Teams that have access to a project, by slug',
  access: projectScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of teams', 302: 'The project was renamed', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    const filter = {
      organizationId: access.organization.id,
      memberId: access.memberId,
      projectId: id,
      pattern: null,
    };
    return offsetList(request, context, {
      rows: (window) => listTeams(context.pool, filter, window),
      json: (teams) => serialize('team', teams, context, { access }),
    });
  },
});
