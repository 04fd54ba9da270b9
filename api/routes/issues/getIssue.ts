import type { Subscriber } from '../../../db/groups/readGroupDetails.ts';
import {
  countGroupEvents,
  findGroupReleases,
  listSubscribers,
} from '../../../db/groups/readGroupDetails.ts';
import { listGroupActivity } from '../../../db/groups/readActivity.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeTimeline } from '../../serializers/activity.ts';
import { serializeIssue } from '../../serializers/issue.ts';
import { serializeRelease } from '../../serializers/release.ts';
import { serializeUser } from '../../serializers/user.ts';

/** As long as people scroll; the whole story is in the history. */
const TIMELINE_LENGTH = 100;

const query = {
  environment: 'Name; repeatable; unknown ones are 404.',
  expand: 'inbox adds why the issue waits for review.',
  collapse: 'release, stats or tags leaves that out.',
} as const;

export const getIssue = route({
  name: 'getIssue',
  method: 'GET',
  path: '/api/0/organizations/{organization}/issues/{issue}/',
  summary: 'An issue by id or short id, with its timeline and releases',
  access: issueScopes.read,
  query,
  responses: { 200: 'The issue', 404: 'No such issue' },
  handle: async (request, context) => {
    const found = await requireIssue(request, context, issueScopes.read);
    return ok(await describeIssue(request, context, found));
  },
});

export const getIssueById = route({
  name: 'getIssueById',
  method: 'GET',
  path: '/api/0/issues/{issue}/',
  summary: 'An issue by id, with its timeline and releases',
  access: issueScopes.read,
  query,
  responses: { 200: 'The issue', 404: 'No such issue' },
  handle: async (request, context) => {
    const found = await requireIssueById(request, context, issueScopes.read);
    return ok(await describeIssue(request, context, found));
  },
});

/** Everything about an issue (groups-projects-orgs 1.11). */
export async function describeIssue(
  request: ApiRequest,
  context: AppContext,
  { access, group }: IssueAccess,
): Promise<Record<string, unknown>> {
  const { pool, config } = context;
  const collapsed = new Set(request.query.getAll('collapse'));
  await resolveEnvironments(context, access.organization.id, request.query);
  const [activity, subscribers, releases, stats] = await Promise.all([
    listGroupActivity(pool, group.id, TIMELINE_LENGTH),
    listSubscribers(pool, group.id),
    collapsed.has('release') ? null : findGroupReleases(pool, group.id),
    collapsed.has('stats') ? null : countGroupEvents(pool, group.id, new Date()),
  ]);
  return {
    ...serializeIssue(group, {
      publicUrl: config.publicUrl,
      organizationSlug: access.organization.slug,
      hasInbox: request.query.getAll('expand').includes('inbox'),
    }),
    ...subscriptionOf(subscribers, access.principal),
    activity: serializeTimeline(group, activity, TIMELINE_LENGTH),
    seenBy: [],
    participants: subscribers
      .filter(({ isActive }) => isActive)
      .map(({ user }) => serializeUser(user)),
    userReportCount: 0,
    pluginActions: [],
    pluginIssues: [],
    pluginContexts: [],
    ...(releases === null
      ? {}
      : {
          firstRelease: releases.first === null ? null : serializeRelease(releases.first),
          lastRelease: releases.last === null ? null : serializeRelease(releases.last),
        }),
    ...(stats === null ? {} : { stats }),
    ...(collapsed.has('tags') ? {} : { tags: [] }),
  };
}

function subscriptionOf(
  subscribers: readonly Subscriber[],
  principal: IssueAccess['access']['principal'],
): Record<string, unknown> {
  if (principal.kind !== 'user') return {};
  const own = subscribers.find(({ user }) => user.id === principal.userId);
  if (own === undefined) return {};
  return {
    isSubscribed: own.isActive,
    subscriptionDetails: own.isActive ? { reason: own.reason } : null,
  };
}
