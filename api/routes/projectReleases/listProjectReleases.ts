import { findEnvironments } from '../../../db/models/environment.ts';
import { listReleases } from '../../../db/releases/readReleases.ts';
import { versionPatterns } from '../../../db/releases/versionPatterns.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listProjectReleases = route({
  name: 'listProjectReleases',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/releases/',
  summary: 'Open releases of a project, the most recently released first',
  access: releaseScopes.read,
  query: {
    query: 'Part of the version.',
    environment: 'One name; an unknown one gives an empty list.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of releases', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const project = await requireProject(request, context, access);
    const environment = request.query.get('environment');
    const filter = {
      organizationId: access.organization.id,
      projectIds: [project.id],
      status: 'open',
      versionPatterns: versionPatterns(request.query.get('query')),
      environmentIds:
        environment === null
          ? null
          : ((await findEnvironments(request.models, access.organization.id, [environment])) ?? []),
      addedFrom: null,
      addedTo: null,
    } as const;
    return offsetList(request, context, {
      rows: (window) => listReleases(context.pool, filter, 'dateReleasedOrAdded', window),
      json: (releases) => serialize('release', releases, context, { events: filter }),
    });
  },
});
