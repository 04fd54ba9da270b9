import { listReleaseFileChanges } from '../../../db/releases/readCommits.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { repositoryFilter } from '../../access/repositoryFilter.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listReleaseFiles = route({
  name: 'listReleaseFiles',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/commitfiles/',
  summary: 'Files changed by the commits of a release, by name',
  access: releaseScopes.read,
  query: {
    repo_id: 'Id of the repository at its host; wins over repo_name.',
    repo_name: 'Name of a repository.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of changed files', 404: 'No such release or repository' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release } = await requireRelease(request, context, access);
    const wins = (request.query.get('repo_id') ?? '') === '' ? 'repo_name' : 'repo_id';
    const [repositoryId = null] = await repositoryFilter(
      context,
      access.organization.id,
      request.query,
      [wins],
    );
    return offsetList(request, context, {
      rows: (window) => listReleaseFileChanges(context.pool, release.id, repositoryId, window),
      json: (files) => serialize('changedFile', files, context),
    });
  },
});
