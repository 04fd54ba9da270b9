import { containsPattern } from '../../../db/likePattern.ts';
import { listMembers as findMembers } from '../../../db/members.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { memberScopes } from '../../access/organizationScopes.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listMembers = route({
  name: 'listMembers',
  method: 'GET',
  path: '/api/0/organizations/{organization}/members/',
  summary: 'Members of an organization, by e-mail',
  access: memberScopes.read,
  query: {
    query: 'Part of name, username or e-mail; `role:owner` for those of one role.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of members' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, memberScopes.read);
    const words = (request.query.get('query') ?? '').split(/\s+/).filter((word) => word !== '');
    const role = words.find((word) => word.startsWith('role:'))?.slice('role:'.length) ?? null;
    const text = words
      .filter((word) => !word.startsWith('role:'))
      .map((word) => word.replace(/^email:/, ''))
      .join(' ');
    const filter = {
      organizationId: access.organization.id,
      pattern: text === '' ? null : containsPattern(text),
      role,
      teamId: null,
    };
    return offsetList(request, context, {
      rows: (window) => findMembers(context.pool, filter, window),
      json: (members) => serialize('member', members, context),
    });
  },
});
