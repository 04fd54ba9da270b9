import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { commitList } from '../../pagination/commitList.ts';

export const listReleaseCommits = route({
  name: 'listReleaseCommits',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/commits/',
  summary: 'Commits of a release, newest first',
  access: releaseScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of commits', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release } = await requireRelease(request, context, access);
    return commitList(request, context, release.id, null);
  },
});
