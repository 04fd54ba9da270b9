import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { requireOrganizationToken } from './requireOrganizationToken.ts';

export const getOrganizationToken = route({
  name: 'getOrganizationToken',
  method: 'GET',
  path: '/api/0/organizations/{organization}/org-auth-tokens/{token}/',
  summary: 'An active token of an organization',
  access: organizationScopes.read,
  responses: { 200: 'The token, without its secret', 404: 'No such active token' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.read);
    const token = await requireOrganizationToken(request, context, access);
    return ok(await serializeOne('organizationToken', token, context));
  },
});
