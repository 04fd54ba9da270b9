import { findProjectEnvironment } from '../../../db/environments.ts';
import { notFound } from '../../../domain/errors.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { listScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { environmentName } from './visibility.ts';

export const getProjectEnvironment = route({
  name: 'getProjectEnvironment',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/environments/{environment}/',
  summary: 'An environment as a project sees it; `none` is the one without a name',
  access: listScopes,
  responses: { 200: 'The environment', 404: 'The project is not linked to it' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const project = await requireProject(request, context, access);
    const name = environmentName(request.param('environment'));
    const environment = await findProjectEnvironment(context.pool, project.id, name);
    if (environment === null) throw notFound();
    return ok(await serializeOne('projectEnvironment', environment, context));
  },
});
