import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeMemberDetails } from '../../serializers/member.ts';
import { requireMember } from './memberRules.ts';

export const getMember = route({
  name: 'getMember',
  method: 'GET',
  path: '/api/0/organizations/{organization}/members/{member}/',
  summary: 'A member by id, or `me`',
  access: memberScopes.read,
  responses: { 200: 'The member', 404: 'No such member' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, memberScopes.read);
    return ok(serializeMemberDetails(await requireMember(request, context, access)));
  },
});
