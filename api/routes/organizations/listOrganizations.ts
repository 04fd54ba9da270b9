import { listOrganizations as findOrganizations } from '../../../db/organizationLists.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listOrganizations = route({
  name: 'listOrganizations',
  method: 'GET',
  path: '/api/0/organizations/',
  summary: 'Organizations that the token can reach',
  access: 'authenticated',
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of organizations' },
  handle: (request, context) => {
    const { principal } = request;
    const of =
      principal.kind === 'user'
        ? { userId: principal.userId }
        : { organizationId: principal.organizationId };
    return offsetList(request, context, {
      rows: (window) => findOrganizations(context.pool, of, window),
      json: (organizations) => serialize('organization', organizations, context),
    });
  },
});
