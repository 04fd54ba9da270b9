import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { repositoryFilter } from '../../access/repositoryFilter.ts';
import { requireProject } from '../../access/requireProject.ts';
import { requireProjectRelease } from '../../access/requireProjectRelease.ts';
import { route } from '../../http/route.ts';
import { commitList } from '../../pagination/commitList.ts';

export const listProjectReleaseCommits = route({
  name: 'listProjectReleaseCommits',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/releases/{version}/commits/',
  summary: 'Commits of a release, newest first, of one repository if asked for',
  access: releaseScopes.read,
  query: {
    repo_id: 'Id of a repository at its host.',
    repo_name: 'Name of a repository.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of commits', 404: 'No such release or repository' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const project = await requireProject(request, context, access);
    const release = await requireProjectRelease(request, context, access, project);
    const repositoryIds = new Set(
      await repositoryFilter(context, access.organization.id, request.query, [
        'repo_id',
        'repo_name',
      ]),
    );
    // Both filters apply: two different repositories leave nothing.
    const filter =
      repositoryIds.size > 1 ? [] : repositoryIds.size === 1 ? [...repositoryIds] : null;
    return commitList(request, context, release.id, filter);
  },
});
