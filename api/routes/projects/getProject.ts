import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { projectDetails } from './projectDetails.ts';

export const getProject = route({
  name: 'getProject',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/',
  summary: 'A project with its settings and teams',
  access: projectScopes.read,
  query: { collapse: 'organization leaves the organization out.' },
  responses: { 200: 'The project', 302: 'The project was renamed', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    const withOrganization = !request.query.getAll('collapse').includes('organization');
    return ok(await projectDetails(context, access, id, { withOrganization }));
  },
});
