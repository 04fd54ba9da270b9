import { listCurrentDeploys } from '../../../db/releases/readDeploys.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listDeploys = route({
  name: 'listDeploys',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/deploys/',
  summary: 'Deploys that are the last of their project and environment',
  access: releaseScopes.read,
  query: {
    project: 'Id or slug; repeatable.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of deploys', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release, projects } = await requireRelease(request, context, access);
    const projectIds = projects.all ? null : [...projects.ids];
    return offsetList(request, context, {
      rows: (window) => listCurrentDeploys(context.pool, release.id, projectIds, window),
      json: (deploys) => serialize('deploy', deploys, context),
    });
  },
});
