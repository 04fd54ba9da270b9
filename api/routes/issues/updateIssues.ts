import { AppError, badRequest } from '../../../domain/errors.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import type { GroupView } from '../../../db/groups/groupView.ts';
import { findGroupById, findGroupIds } from '../../../db/groups/readGroups.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { requireProject } from '../../access/requireProject.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { noContent, ok, type ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import type { Json } from '../../serializers/serializer.ts';
import { describeTimeline } from './describeTimeline.ts';
import { isId } from '../../validation/isId.ts';
import { issueBody, parseIssueChange, type IssueChange } from '../../validation/issueBody.ts';
import { changeIssues } from './changeIssues.ts';
import { filterByIds, filterByShortIds, issueFilter } from './issueFilter.ts';
import { issueProjects } from './listIssues.ts';

/** As many as one search changes at once; the rest is left for the next call. */
const CHANGED_MAX = 1_000;

const documentation = {
  access: issueScopes.write,
  body: issueBody,
  query: {
    id: 'Id or short id; repeatable. Without any the search decides.',
    query: 'A search; is:unresolved when absent, everything when empty.',
    status: 'resolved, unresolved, ignored or muted; stands for the search, or narrows it.',
  },
  responses: {
    200: 'What the issues are now',
    204: 'No issue was meant',
    400: 'A field is wrong; nothing changed',
  },
} as const;

export const updateIssues = route({
  name: 'updateIssues',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/issues/',
  summary: 'Changes several issues of an organization at once',
  ...documentation,
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, issueScopes.write);
    return change(request, context, access, await issueProjects(request, context, access));
  },
});

export const updateProjectIssues = route({
  name: 'updateProjectIssues',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/issues/',
  summary: 'Changes several issues of a project at once',
  ...documentation,
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, issueScopes.write);
    return change(request, context, access, [await requireProject(request, context, access)]);
  },
});

async function change(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  projects: readonly AccessibleProject[],
): Promise<ApiResponse> {
  const wanted = parseIssueChange(await request.body());
  await context.ingest.counts.settle();
  const ids = await meantIds(request, context, access, projects);
  const [first] = ids;
  if (first === undefined) return noContent();
  await changeIssues(context, access, ids, wanted);
  const group = await findGroupById(context.pool, first);
  if (group === null) return noContent();
  const issue = await serializeOne('issue', group, context, { access });
  const body = echo(wanted, group, issue);
  if (ids.length > 1 || group.resolution === null || wanted.status !== 'resolved') return ok(body);
  return ok({ ...body, activity: await describeTimeline(context, group) });
}

/** Ids that mean nothing are passed over, and never turn into "all that the search finds". */
async function meantIds(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  projects: readonly AccessibleProject[],
): Promise<string[]> {
  const given = request.query.getAll('id').filter((id) => id !== '');
  const projectIds = projects.map(({ id }) => id);
  if (!request.query.has('id')) {
    const filter = await issueFilter(context, access, request, projects).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'invalid_input'
        ? badRequest('Invalid query. Error getting group ids and group list')
        : error;
    });
    return findGroupIds(context.pool, filter, CHANGED_MAX);
  }
  const numbers = given.filter(isId);
  const filter =
    numbers.length > 0 ? filterByIds(projectIds, numbers) : filterByShortIds(projects, given);
  return findGroupIds(context.pool, filter, CHANGED_MAX);
}

/** What was asked for, as it is now; an issue stands for all of them. */
function echo(
  wanted: IssueChange,
  group: GroupView,
  { statusDetails, substatus, assignedTo }: Json,
): Json {
  const isStatusSet = wanted.status !== null;
  const leavesInbox = wanted.status === 'resolved' || wanted.status === 'ignored';
  return {
    ...(isStatusSet ? { status: group.status, statusDetails, substatus } : {}),
    ...(leavesInbox ? { inbox: null } : wanted.inbox === null ? {} : { inbox: wanted.inbox }),
    ...(wanted.assignedTo !== undefined || group.assignee !== null ? { assignedTo } : {}),
    ...(wanted.priority === null ? {} : { priority: group.priority }),
    ...(wanted.hasSeen === null ? {} : { hasSeen: wanted.hasSeen }),
    ...(wanted.isBookmarked === null ? {} : { isBookmarked: wanted.isBookmarked }),
    ...(wanted.isPublic === null ? {} : { isPublic: wanted.isPublic, shareId: group.shareId }),
    ...(wanted.isSubscribed === null
      ? {}
      : { isSubscribed: wanted.isSubscribed, subscriptionDetails: { reason: 'unknown' } }),
  };
}
