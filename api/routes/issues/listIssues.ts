import { countGroups, listGroups, type GroupFilter } from '../../../db/groups/readGroups.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { requireProject } from '../../access/requireProject.ts';
import {
  accessibleProjects,
  pickProjects,
  requestedProjects,
} from '../../access/resolveProjects.ts';
import { forbidden } from '../../access/requireScope.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { parseGroupStatsPeriod } from './groupStatsPeriod.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize, serializeOne } from '../../serializers/serialize.ts';
import { directHit } from './directHit.ts';
import { filterByIds, inboxFilter, issueFilter, parseIssueSort } from './issueFilter.ts';

/** Counting goes no further: nobody pages through more, and a list must not cost what all of its issues cost. */
const HITS_MAX = 1_000;

const query = {
  query: 'A search; is:unresolved when absent, everything when empty.',
  status: 'resolved, unresolved, ignored or muted; stands for the search, or narrows it.',
  sort: 'date (last seen, default), new, freq, user or inbox.',
  environment: 'Name; repeatable.',
  group: 'Id; repeatable; wins over the search.',
  expand: 'inbox adds why an issue waits for review.',
  collapse: 'stats leaves that out.',
  groupStatsPeriod:
    'Adds stats: 24h by the hour, 14d by the day, auto for what the list looks back at.',
  statsPeriod: 'Such as 14d: last seen since.',
  per_page: '1 to 100; limit means the same.',
  cursor: 'From the Link header.',
} as const;

export const listIssues = route({
  name: 'listIssues',
  method: 'GET',
  path: '/api/0/organizations/{organization}/issues/',
  summary: 'Issues of an organization',
  access: issueScopes.read,
  query: { project: 'Id or slug; repeatable; -1 means all accessible projects.', ...query },
  responses: {
    200: 'A page of issues',
    400: 'A parameter is wrong',
    403: 'A project is not yours',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, issueScopes.read);
    return issuePage(request, context, access, await issueProjects(request, context, access));
  },
});

export const listProjectIssues = route({
  name: 'listProjectIssues',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/issues/',
  summary: 'Issues of a project',
  access: issueScopes.read,
  query,
  responses: { 200: 'A page of issues', 400: 'A parameter is wrong', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, issueScopes.read);
    return issuePage(request, context, access, [await requireProject(request, context, access)]);
  },
});

/**
 * The projects that a request is about: those of the caller's teams, or those it asks for.
 * @throws AppError forbidden for one that the caller may not use.
 */
export async function issueProjects(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<AccessibleProject[]> {
  const requested = requestedProjects(request.query);
  if (requested === 'all' || requested.length === 0) {
    // Whoever names issues means those, whichever team they are of.
    const isWide = requested === 'all' || request.query.has('id') || request.query.has('group');
    return accessibleProjects(context, access, isWide ? 'wide' : 'narrow', null);
  }
  const projects = await accessibleProjects(context, access, 'wide', requested);
  if (pickProjects(projects, requested) === null) throw forbidden();
  return projects;
}

async function issuePage(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  projects: readonly AccessibleProject[],
): Promise<ApiResponse> {
  const limit = request.query.get('limit');
  // What some clients call it; the links of the answer carry it on.
  if (limit !== null && !request.query.has('per_page')) request.query.set('per_page', limit);
  const stats = parseGroupStatsPeriod(request.query, new Date());
  const sort = parseIssueSort(request.query);
  if (projects.length === 0) return ok([]);
  await context.ingest.counts.settle();
  const ids = request.query.getAll('group');
  const hasInbox = request.query.getAll('expand').includes('inbox');
  const options = { access, hasInbox, stats };
  const hit = ids.length > 0 ? null : await directHit(context, access, request.query, projects);
  if (hit !== null) {
    const { group, ...event } = hit;
    const headers = { 'X-Sentry-Direct-Hit': '1' };
    const issue = await serializeOne('issue', group, context, options);
    return ok([{ ...issue, ...event }], headers);
  }
  const found: GroupFilter =
    ids.length > 0
      ? filterByIds(
          projects.map(({ id }) => id),
          ids,
        )
      : await issueFilter(context, access, request, projects);
  const isInbox = sort === 'inbox' && ids.length === 0;
  const filter = isInbox ? inboxFilter(found, request.query) : found;
  const [page, hits] = await Promise.all([
    offsetList(request, context, {
      rows: (window) => listGroups(context.pool, filter, sort, window),
      json: (groups) => serialize('issue', groups, context, options),
    }),
    countGroups(context.pool, filter, HITS_MAX),
  ]);
  const counts = { 'X-Hits': String(hits), 'X-Max-Hits': String(HITS_MAX) };
  return { ...page, headers: { ...page.headers, ...counts } };
}
