import { PER_PAGE_MAX_STATS } from '../../../domain/perPage.ts';
import { listReleaseStats as findReleaseStats } from '../../../db/releases/readReleases.ts';
import { versionPatterns } from '../../../db/releases/versionPatterns.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import { resolveProjects } from '../../access/resolveProjects.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { parseDateRange } from '../../pagination/dateRange.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listReleaseStats = route({
  name: 'listReleaseStats',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/stats/',
  summary: 'Versions with their dates, for marks on charts',
  access: releaseScopes.read,
  query: {
    project: 'Id or slug; repeatable.',
    environment: 'Name; repeatable.',
    query: 'Part of the version.',
    statsPeriod: 'Such as 14d; wins over start and end.',
    start: 'ISO 8601, with end.',
    end: 'ISO 8601, with start.',
    per_page: '1 to 1000.',
    cursor: 'From the Link header.',
  },
  responses: { 200: 'A page of versions', 400: 'A parameter is wrong' },
  handle: async (request, context) => {
    const { query } = request;
    const access = await requireOrganization(request, context, releaseScopes.read);
    const range = parseDateRange(query, new Date());
    const projects = await resolveProjects(context, access, query, 'wide');
    if (!projects.all && projects.ids.size === 0) return ok([]);
    const filter = {
      organizationId: access.organization.id,
      projectIds: projects.all ? null : [...projects.ids],
      status: null,
      versionPatterns: versionPatterns(query.get('query')),
      environmentIds: await resolveEnvironments(request, access.organization.id),
      addedFrom: range.from,
      addedTo: range.to,
    };
    return offsetList(request, context, {
      perPageMax: PER_PAGE_MAX_STATS,
      rows: (window) => findReleaseStats(context.pool, filter, window),
      json: (releases) => serialize('releaseDate', releases, context),
    });
  },
});
