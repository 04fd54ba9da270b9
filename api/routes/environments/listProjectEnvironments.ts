import { listProjectEnvironments as findProjectEnvironments } from '../../../db/environments.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { listScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize } from '../../serializers/serialize.ts';
import { parseVisibility } from './visibility.ts';

export const listProjectEnvironments = route({
  name: 'listProjectEnvironments',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/environments/',
  summary: 'Environments of a project, by name',
  access: listScopes,
  query: { visibility: 'visible (default), hidden or all.' },
  responses: { 200: 'The environments', 400: 'No such visibility', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const project = await requireProject(request, context, access);
    const visibility = parseVisibility(request.query);
    const environments = await findProjectEnvironments(context.pool, project.id, visibility);
    return ok(await serialize('projectEnvironment', environments, context));
  },
});
