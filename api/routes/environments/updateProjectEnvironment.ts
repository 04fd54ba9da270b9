import { findProjectEnvironment, hideProjectEnvironment } from '../../../db/environments.ts';
import { notFound } from '../../../domain/errors.ts';
import { booleanSetting } from '../../../domain/settingSchemas.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { objectSchema } from '../../validation/collections.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { environmentName } from './visibility.ts';

const environmentUpdateSchema = objectSchema({ isHidden: booleanSetting().optional() });

export const updateProjectEnvironment = route({
  name: 'updateProjectEnvironment',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/environments/{environment}/',
  summary: 'Hide an environment of a project, or show it again',
  access: projectScopes.write,
  body: environmentUpdateSchema,
  responses: {
    200: 'The environment',
    400: 'The body is wrong',
    404: 'The project is not linked to it',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.write);
    const project = await requireProject(request, context, access);
    const name = environmentName(request.param('environment'));
    const known = await findProjectEnvironment(context.pool, project.id, name);
    if (known === null) throw notFound();
    const { isHidden } = validateBody(environmentUpdateSchema, await request.body());
    const environment =
      isHidden === undefined
        ? known
        : await hideProjectEnvironment(context.pool, project.id, name, isHidden);
    if (environment === null) throw notFound();
    return ok(await serializeOne('projectEnvironment', environment, context));
  },
});
