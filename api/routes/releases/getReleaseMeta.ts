import { formatDateTime } from '../../../domain/dateTime.ts';
import { parseVersion } from '../../../domain/version.ts';
import { countChangedFiles } from '../../../db/releases/readCommits.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { countNewGroups, serializeReleaseProject } from '../../serializers/release.ts';

export const getReleaseMeta = route({
  name: 'getReleaseMeta',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/meta/',
  summary: 'Counts and projects of a release, for a page header',
  access: releaseScopes.read,
  responses: { 200: 'The figures', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release } = await requireRelease(request, context, access);
    return ok({
      version: release.version,
      versionInfo: parseVersion(release.version),
      projects: release.projects.map(serializeReleaseProject),
      newGroups: countNewGroups(release),
      deployCount: release.deployCount,
      commitCount: release.commitCount,
      released: formatDateTime(release.dateReleased ?? release.dateAdded),
      commitFilesChanged: await countChangedFiles(context.pool, release.id),
      releaseFileCount: 0,
      isArtifactBundle: false,
      preprodBuildCount: 0,
    });
  },
});
