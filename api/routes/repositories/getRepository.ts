import { listScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { requireRepository } from './requireRepository.ts';

export const getRepository = route({
  name: 'getRepository',
  method: 'GET',
  path: '/api/0/organizations/{organization}/repos/{repositoryId}/',
  summary: 'One repository of an organization',
  access: listScopes,
  responses: { 200: 'The repository; its token is never shown', 404: 'No such repository' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const repository = await requireRepository(request, context, access);
    return ok(await serializeOne('repositoryDetails', repository, context));
  },
});
