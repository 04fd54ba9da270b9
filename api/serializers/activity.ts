import { formatDateTime } from '../../domain/dateTime.ts';
import { withoutRepeats } from '../../domain/issues/activityTimeline.ts';
import { formatShortId } from '../../domain/shortId.ts';
import type { GroupView } from '../../db/groups/groupView.ts';
import type { ActivityView, PullRequestView } from '../../db/groups/readActivity.ts';
import { serializeCommit } from './commit.ts';
import { serializeRepository } from './repository.ts';
import { serializeUser } from './user.ts';

/** An activity of one issue (groups-projects-orgs 1.2): internal ids of commits and pull requests become the objects. */
export function serializeActivity(activity: ActivityView): Record<string, unknown> {
  const { commit, pullRequest } = activity;
  return {
    id: activity.id,
    type: activity.type,
    user: activity.user === null ? null : serializeUser(activity.user),
    data: {
      ...activity.data,
      ...(commit === null ? {} : { commit: serializeCommit(commit) }),
      ...(pullRequest === null ? {} : { pullRequest: serializePullRequest(pullRequest) }),
    },
    dateCreated: formatDateTime(activity.dateAdded),
  };
}

/** An activity among those of a project or an organization (decisions 12). */
export function serializeListedActivity(activity: ActivityView): Record<string, unknown> {
  const { issue, project } = activity;
  return {
    ...serializeActivity(activity),
    issue:
      issue === null
        ? null
        : {
            id: issue.id,
            shortId: formatShortId({ slug: project.slug, number: issue.number }),
            title: issue.title,
          },
    project,
  };
}

/** The timeline of an issue, newest first; it ends where the issue began. */
export function serializeTimeline(
  group: GroupView,
  newestFirst: readonly ActivityView[],
  length: number,
): Record<string, unknown>[] {
  const firstSeen = {
    id: '0',
    type: 'first_seen',
    user: null,
    data: { priority: group.priorityLockedAt === null ? group.priority : null },
    dateCreated: formatDateTime(group.firstSeen),
  };
  return [...withoutRepeats(newestFirst).map(serializeActivity), firstSeen].slice(0, length);
}

function serializePullRequest(pullRequest: PullRequestView): Record<string, unknown> {
  return {
    id: pullRequest.key,
    title: pullRequest.title,
    message: pullRequest.message,
    dateCreated: formatDateTime(pullRequest.dateCreated),
    repository: serializeRepository(pullRequest.repository),
    externalUrl: null,
  };
}
