import { listProjectKeys as findProjectKeys } from '../../../db/projectKeys.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

const activeByStatus: Readonly<Record<string, boolean>> = { active: true, inactive: false };

export const listProjectKeys = route({
  name: 'listProjectKeys',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/keys/',
  summary: 'Keys of a project with their DSNs, the oldest first',
  access: projectScopes.read,
  query: {
    status: 'active or inactive; all without it.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of keys', 302: 'The project was renamed', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    const isActive = activeByStatus[request.query.get('status') ?? ''] ?? null;
    return offsetList(request, context, {
      rows: (window) => findProjectKeys(context.pool, { projectId: id, isActive }, window),
      json: (keys) => serialize('projectKey', keys, context, { projectId: id }),
    });
  },
});
