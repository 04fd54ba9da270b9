import { addProjectTeams } from '../../../db/projects.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { changeProjectTeam } from './projectTeamLink.ts';

export const addTeamToProject = route({
  name: 'addTeamToProject',
  method: 'POST',
  path: '/api/0/projects/{organization}/{project}/teams/{team}/',
  summary: 'Give a team access to a project',
  access: projectScopes.write,
  responses: {
    201: 'The project',
    302: 'The project was renamed',
    404: 'No such project or team',
  },
  handle: async (request, context) => ({
    status: 201,
    body: await changeProjectTeam(
      request,
      context,
      'project-team.add',
      async (tx, projectId, team) => (await addProjectTeams(tx, projectId, [team.id])) > 0,
    ),
  }),
});
