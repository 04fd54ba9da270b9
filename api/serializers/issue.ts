import { formatDateTime } from '../../domain/dateTime.ts';
import { inboxReasonNumbers } from '../../domain/issues/inboxReason.ts';
import { formatShortId } from '../../domain/shortId.ts';
import { parseSemver } from '../../domain/version.ts';
import { compareVersions } from '../../domain/versionOrder.ts';
import type {
  GroupView,
  InboxView,
  ResolutionView,
  SnoozeView,
} from '../../db/groups/groupView.ts';
import type { PersonalView } from '../../db/groups/personal.ts';
import { serializeCommit } from './commit.ts';
import { serializeUser } from './user.ts';

export type IssueOptions = Readonly<{
  publicUrl: string;
  organizationSlug: string;
  /** With `expand=inbox` only. */
  hasInbox?: boolean;
  /** What the issues are to whoever asks; missing for tokens of nobody. */
  personal?: ReadonlyMap<string, PersonalView>;
}>;

/** Stored names → those of the API. */
const substatusNames: Readonly<Record<string, string>> = {
  until_escalating: 'archived_until_escalating',
  until_condition_met: 'archived_until_condition_met',
  forever: 'archived_forever',
};

/** An issue as lists show it (groups-projects-orgs 1.11). */
export function serializeIssue(group: GroupView, options: IssueOptions): Record<string, unknown> {
  return {
    id: group.id,
    shortId: issueShortId(group),
    shareId: group.shareId,
    title: group.title,
    culprit: group.culprit,
    permalink: `${options.publicUrl}/organizations/${options.organizationSlug}/issues/${group.id}/`,
    logger: group.logger === '' ? null : group.logger,
    level: group.level,
    status: group.status,
    statusDetails: statusDetails(group),
    substatus:
      group.substatus === null ? null : (substatusNames[group.substatus] ?? group.substatus),
    isPublic: group.shareId !== null,
    platform: group.platform,
    priority: group.priority,
    priorityLockedAt: dateOrNull(group.priorityLockedAt),
    project: group.project,
    type: 'value' in group.metadata ? 'error' : 'default',
    metadata: group.metadata,
    numComments: 0,
    assignedTo: serializeAssignee(group),
    ...serializePersonal(options.personal?.get(group.id)),
    annotations: [],
    issueType: group.type,
    issueCategory: 'error',
    count: group.timesSeen,
    userCount: group.userCount,
    firstSeen: formatDateTime(group.firstSeen),
    lastSeen: formatDateTime(group.lastSeen),
    ...(options.hasInbox === true ? { inbox: serializeInbox(group.inbox) } : {}),
  };
}

function serializePersonal(personal: PersonalView | undefined): Record<string, unknown> {
  const subscription = personal?.subscription ?? null;
  return {
    isBookmarked: personal?.isBookmarked ?? false,
    isSubscribed: subscription?.isActive ?? false,
    subscriptionDetails: subscription?.isActive === true ? { reason: subscription.reason } : null,
    hasSeen: personal?.hasSeen ?? false,
  };
}

export function issueShortId(group: GroupView): string {
  return formatShortId({ slug: group.project.slug, number: group.shortId });
}

/** Null when nobody is assigned. */
export function serializeAssignee({ assignee }: GroupView): Record<string, unknown> | null {
  if (assignee === null) return null;
  if (assignee.type === 'team') return { type: 'team', id: assignee.id, name: assignee.slug };
  const { id, name, username, email } = assignee.user;
  return { type: 'user', id, name: name === '' ? username : name, email };
}

/** How the issue was resolved, or until when it is ignored, when it is not just so. */
export function statusDetails(group: GroupView): Record<string, unknown> {
  if (group.status === 'ignored' && group.snooze !== null) return snoozeDetails(group.snooze);
  if (group.status !== 'resolved') return {};
  const { resolution } = group;
  if (resolution !== null) {
    const actor = resolution.actor === null ? {} : { actor: serializeUser(resolution.actor) };
    return {
      ...(isInNextRelease(resolution)
        ? { inNextRelease: true }
        : { inRelease: resolution.version }),
      ...actor,
    };
  }
  return group.resolvingCommit === null ? {} : { inCommit: serializeCommit(group.resolvingCommit) };
}

function snoozeDetails(snooze: SnoozeView): Record<string, unknown> {
  return {
    ignoreCount: snooze.count,
    ignoreUntil: dateOrNull(snooze.until),
    ignoreUserCount: snooze.userCount,
    ignoreUserWindow: snooze.userWindow,
    ignoreWindow: snooze.window,
    actor: snooze.actor === null ? null : serializeUser(snooze.actor),
  };
}

/**
 * With semantic versions "the next release" is settled at once, as anything greater than the current version: the
 * release that such a resolution is bound to is then no newer than that.
 */
function isInNextRelease({ type, version, currentVersion }: ResolutionView): boolean {
  if (type === 'in_next_release') return true;
  if (currentVersion === null) return false;
  const [bound, current] = [parseSemver(version), parseSemver(currentVersion)];
  return bound !== null && current !== null && compareVersions(bound, current) <= 0;
}

function serializeInbox(inbox: InboxView | null): Record<string, unknown> | null {
  if (inbox === null) return null;
  return {
    reason: inboxReasonNumbers[inbox.reason],
    reason_details: inbox.details,
    date_added: formatDateTime(inbox.dateAdded),
  };
}

function dateOrNull(date: string | null): string | null {
  return date === null ? null : formatDateTime(date);
}
