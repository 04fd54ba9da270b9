import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
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
    const member = await requireMember(request, context, access);
    return ok(await serializeOne('memberDetails', member, context));
  },
});
