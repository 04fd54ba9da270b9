import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { organizationDetails } from '../organizations/organizationDetails.ts';

export const getOrganizationAvatar = route({
  name: 'getOrganizationAvatar',
  method: 'GET',
  path: '/api/0/organizations/{organization}/avatar/',
  summary: 'An organization with its avatar',
  access: organizationScopes.read,
  responses: { 200: 'The organization', 404: 'No such organization' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.read);
    return ok(await organizationDetails(context, access, false));
  },
});
