import { badRequest } from '../../../domain/errors.ts';
import { listReleases as findReleases } from '../../../db/releases/readReleases.ts';
import { versionPatterns } from '../../../db/releases/versionPatterns.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import { resolveProjects } from '../../access/resolveProjects.ts';
import { ok } from '../../http/apiResponse.ts';
import { isTruthy } from '../../http/isTruthy.ts';
import { route } from '../../http/route.ts';
import { parseDateRange } from '../../pagination/dateRange.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { parseReleaseStatus } from '../../pagination/releaseStatus.ts';
import { checkStatsPeriods } from '../../pagination/statsPeriods.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listReleases = route({
  name: 'listReleases',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/',
  summary: 'Releases of an organization, newest first',
  access: releaseScopes.read,
  query: {
    project: 'Id or slug; repeatable; -1 means all accessible projects.',
    environment: 'Name; repeatable.',
    status: 'open (default), archived, or empty for both.',
    query: 'Part of the version.',
    statsPeriod: 'Such as 14d; wins over start and end.',
    start: 'ISO 8601, with end.',
    end: 'ISO 8601, with start.',
    sort: 'date.',
    per_page: '1 to 100.',
    cursor: 'From the Link header.',
  },
  responses: {
    200: 'A page of releases',
    400: 'A parameter is wrong',
    403: 'A project is not yours',
  },
  handle: async (request, context) => {
    const { query } = request;
    const access = await requireOrganization(request, context, releaseScopes.read);
    checkStatsPeriods(query);
    if ((query.get('sort') ?? 'date') !== 'date') throw badRequest('invalid sort');
    const status = parseReleaseStatus(query);
    const range = parseDateRange(query, new Date());
    const projects = await resolveProjects(context, access, query, 'narrow');
    if (!projects.all && projects.ids.size === 0) return ok([]);
    const filter = {
      organizationId: access.organization.id,
      projectIds: projects.all ? null : [...projects.ids],
      status,
      versionPatterns: versionPatterns(query.get('query')),
      environmentIds: await resolveEnvironments(request, access.organization.id),
      addedFrom: range.from,
      addedTo: range.to,
    };
    const extras = {
      hasHealth: isTruthy(query.get('health')),
      hasAdoptionStages: isTruthy(query.get('adoptionStages')),
      events: {
        projectIds: query.has('project') ? filter.projectIds : null,
        environmentIds: filter.environmentIds,
      },
    };
    return offsetList(request, context, {
      rows: (window) => findReleases(context.pool, filter, 'dateAdded', window),
      json: (releases) => serialize('release', releases, context, extras),
    });
  },
});
