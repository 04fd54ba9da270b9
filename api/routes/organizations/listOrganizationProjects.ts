import { listProjects } from '../../../db/organizationLists.ts';
import { listScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listOrganizationProjects = route({
  name: 'listOrganizationProjects',
  method: 'GET',
  path: '/api/0/organizations/{organization}/projects/',
  summary: 'Active projects of an organization, by slug',
  access: listScopes,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of projects' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const filter = {
      organizationId: access.organization.id,
      memberId: access.memberId,
      ids: null,
    };
    return offsetList(request, context, {
      rows: (window) => listProjects(context.pool, filter, window),
      json: (projects) => serialize('project', projects, context),
    });
  },
});
