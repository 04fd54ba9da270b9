import { removeProjectTeam } from '../../../db/projects.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { changeProjectTeam } from './projectTeamLink.ts';

export const removeTeamFromProject = route({
  name: 'removeTeamFromProject',
  method: 'DELETE',
  path: '/api/0/projects/{organization}/{project}/teams/{team}/',
  summary: 'Take access to a project from a team',
  access: projectScopes.write,
  responses: {
    200: 'The project',
    302: 'The project was renamed',
    404: 'No such project or team',
  },
  handle: async (request, context) =>
    ok(
      await changeProjectTeam(request, context, 'project-team.remove', (tx, projectId, team) =>
        removeProjectTeam(tx, projectId, team.id),
      ),
    ),
});
