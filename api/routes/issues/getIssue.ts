import {
  countGroupEvents,
  findGroupReleases,
  listSubscribers,
} from '../../../db/groups/readGroupDetails.ts';
import { listGroupActivity } from '../../../db/groups/readActivity.ts';
import { formatDateTime } from '../../../domain/dateTime.ts';
import { listViewers } from '../../../db/groups/personal.ts';
import { readTaggedEvents } from '../../../db/groups/readTags.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeTimeline } from '../../serializers/activity.ts';
import { serializeRelease } from '../../serializers/release.ts';
import { serializeTags } from '../../serializers/tags.ts';
import { serializeUser } from '../../serializers/user.ts';
import { serializeIssues } from './serializeIssues.ts';

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
  const { pool } = context;
  const collapsed = new Set(request.query.getAll('collapse'));
  const environments = await resolveEnvironments(context, access.organization.id, request.query);
  const hasInbox = request.query.getAll('expand').includes('inbox');
  const [[issue], activity, subscribers, viewers, releases, stats, tagged] = await Promise.all([
    serializeIssues(context, access, [group], hasInbox),
    listGroupActivity(pool, group.id, TIMELINE_LENGTH),
    listSubscribers(pool, group.id),
    listViewers(pool, group.id),
    collapsed.has('release') ? null : findGroupReleases(pool, group.id),
    collapsed.has('stats') ? null : countGroupEvents(pool, group.id, new Date()),
    collapsed.has('tags') ? null : readTaggedEvents(pool, group.id, environments),
  ]);
  return {
    ...issue,
    activity: serializeTimeline(group, activity, TIMELINE_LENGTH),
    seenBy: viewers.map(({ user, lastSeen }) => ({
      ...serializeUser(user),
      lastSeen: formatDateTime(lastSeen),
    })),
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
    ...(tagged === null ? {} : { tags: serializeTags(tagged) }),
  };
}
