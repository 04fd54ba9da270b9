import { findGroupReleases, listSubscribers } from '../../../db/groups/readGroupDetails.ts';
import { readGroupStats, type Series } from '../../../db/groups/readGroupStats.ts';
import { namedPeriod } from '../../../domain/issues/statsPeriod.ts';
import type { Pool } from '../../../db/pool.ts';
import { listViewers } from '../../../db/groups/personal.ts';
import type { ReleaseView } from '../../../db/releases/releaseView.ts';
import { readTaggedEvents } from '../../../db/groups/readTags.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize, serializeOne } from '../../serializers/serialize.ts';
import type { Json } from '../../serializers/serializer.ts';
import { serializeTags } from '../../serializers/tags.ts';
import { describeTimeline } from './describeTimeline.ts';

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
  const environments = await resolveEnvironments(request, access.organization.id);
  const hasInbox = request.query.getAll('expand').includes('inbox');
  const [timeline, subscribers, viewers, releases, stats, tagged] = await Promise.all([
    describeTimeline(context, group),
    listSubscribers(pool, group.id),
    listViewers(pool, group.id),
    collapsed.has('release') ? null : findGroupReleases(pool, group.id),
    collapsed.has('stats') ? null : readStats(pool, group.id),
    collapsed.has('tags') ? null : readTaggedEvents(pool, group.id, environments),
  ]);
  const people = subscribers.filter(({ isActive }) => isActive).map(({ user }) => user);
  const show = (release: ReleaseView | null): Promise<Json> | null =>
    release === null ? null : serializeOne('release', release, context);
  const [issue, seenBy, participants, firstRelease, lastRelease] = await Promise.all([
    serializeOne('issue', group, context, { access, hasInbox }),
    serialize('viewer', viewers, context),
    serialize('user', people, context),
    show(releases?.first ?? null),
    show(releases?.last ?? null),
  ]);
  return {
    ...issue,
    activity: timeline,
    seenBy,
    participants,
    userReportCount: 0,
    pluginActions: [],
    pluginIssues: [],
    pluginContexts: [],
    ...(releases === null ? {} : { firstRelease, lastRelease }),
    ...(stats === null ? {} : { stats }),
    ...(tagged === null ? {} : { tags: serializeTags(tagged) }),
  };
}

/** The last day by the hour, and the last thirty days by the day. */
async function readStats(pool: Pool, groupId: string): Promise<Readonly<Record<string, Series>>> {
  const now = new Date();
  const periods = [namedPeriod('24h', now), namedPeriod('30d', now)];
  const series = await Promise.all(
    periods.map((period) => readGroupStats(pool, [groupId], period)),
  );
  return Object.fromEntries(
    periods.map(({ name }, index) => [name, series[index]?.get(groupId) ?? []]),
  );
}
