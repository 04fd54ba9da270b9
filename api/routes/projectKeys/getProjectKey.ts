import { projectScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { requireProjectKey } from './projectKeyAccess.ts';

export const getProjectKey = route({
  name: 'getProjectKey',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/keys/{key}/',
  summary: 'A key of a project with its DSN',
  access: projectScopes.read,
  responses: { 200: 'The key', 302: 'The project was renamed', 404: 'No such key' },
  handle: async (request, context) => {
    const { key, projectId } = await requireProjectKey(request, context, projectScopes.read);
    return ok(await serializeOne('projectKey', key, context, { projectId }));
  },
});
