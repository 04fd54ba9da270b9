import { containsPattern } from '../../../db/likePattern.ts';
import { listRepositories as findRepositories } from '../../../db/organizationLists.ts';
import { listScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listRepositories = route({
  name: 'listRepositories',
  method: 'GET',
  path: '/api/0/organizations/{organization}/repos/',
  summary: 'Active repositories of an organization, by name',
  access: listScopes,
  query: { query: 'Part of the name.', per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of repositories' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const text = request.query.get('query')?.trim() ?? '';
    const filter = { query: text === '' ? null : containsPattern(text) };
    return offsetList(request, context, {
      rows: (window) => findRepositories(context.pool, access.organization.id, filter, window),
      json: (repositories) => serialize('repository', repositories, context),
    });
  },
});
