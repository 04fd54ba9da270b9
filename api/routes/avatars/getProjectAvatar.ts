import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { projectDetails } from '../projects/projectDetails.ts';

export const getProjectAvatar = route({
  name: 'getProjectAvatar',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/avatar/',
  summary: 'A project with its avatar',
  access: projectScopes.read,
  responses: { 200: 'The project', 302: 'The project was renamed', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    return ok(await projectDetails(context, access, id, { withOrganization: true }));
  },
});
