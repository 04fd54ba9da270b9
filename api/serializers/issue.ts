import { formatDateTime } from '../../domain/dateTime.ts';
import { inboxReasonNumbers } from '../../domain/issues/inboxReason.ts';
import type { StatsPeriod } from '../../domain/issues/statsPeriod.ts';
import { formatShortId } from '../../domain/shortId.ts';
import { parseSemver } from '../../domain/version.ts';
import { compareVersions } from '../../domain/versionOrder.ts';
import type {
  GroupView,
  InboxView,
  ResolutionView,
  SnoozeView,
} from '../../db/groups/groupView.ts';
import { readPersonal, type PersonalView } from '../../db/groups/personal.ts';
import { readGroupStats, type Series } from '../../db/groups/readGroupStats.ts';
import type { UserView } from '../../db/releases/releaseView.ts';
import type { OrganizationAccess } from '../access/organizationAccess.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { commitPeople, serializeCommit } from './commit.ts';
import { formatOrNull } from './formatOrNull.ts';
import { serializer, type Json, type SerializerContext } from './serializer.ts';
import { serializeUser } from './user.ts';

export type IssueOptions = Readonly<{
  /** Whoever asks sees what the issues are to them. */
  access: OrganizationAccess;
  /** With `expand=inbox` only. */
  hasInbox?: boolean;
  /** How many events there were over a period, for lists that ask for it. */
  stats?: StatsPeriod | null;
}>;

type IssueAttributes = Readonly<{
  avatars: Avatars;
  /** By issue; empty for tokens of nobody. */
  personal: ReadonlyMap<string, PersonalView>;
  /** By issue, when wanted. */
  series: ReadonlyMap<string, Series>;
  publicUrl: string;
}>;

/** Stored names → those of the API. */
const substatusNames: Readonly<Record<string, string>> = {
  until_escalating: 'archived_until_escalating',
  until_condition_met: 'archived_until_condition_met',
  forever: 'archived_forever',
};

/** An issue as lists show it (groups-projects-orgs 1.11). */
export const issue = serializer({ getAttributes, toJson });

async function getAttributes(
  groups: readonly GroupView[],
  context: SerializerContext,
  { access: { principal }, stats = null }: IssueOptions,
): Promise<IssueAttributes> {
  const ids = groups.map(({ id }) => id);
  const [avatars, personal, series] = await Promise.all([
    loadAvatars(context, 'user', groups.flatMap(shownUsers)),
    principal.kind === 'user'
      ? readPersonal(context.pool, ids, principal.userId)
      : new Map<string, PersonalView>(),
    stats === null ? new Map<string, Series>() : readGroupStats(context.pool, ids, stats),
  ]);
  return { avatars, personal, series, publicUrl: context.config.publicUrl };
}

function shownUsers({
  resolution,
  snooze,
  resolvingCommit,
}: GroupView): (UserView | null | undefined)[] {
  return [resolution?.actor, snooze?.actor, ...commitPeople(resolvingCommit)];
}

function toJson(
  group: GroupView,
  { avatars, personal, series, publicUrl }: IssueAttributes,
  { access, hasInbox, stats = null }: IssueOptions,
): Json {
  return {
    id: group.id,
    shortId: issueShortId(group),
    shareId: group.shareId,
    title: group.title,
    culprit: group.culprit,
    permalink: `${publicUrl}/organizations/${access.organization.slug}/issues/${group.id}/`,
    logger: group.logger === '' ? null : group.logger,
    level: group.level,
    status: group.status,
    statusDetails: statusDetails(group, avatars),
    substatus:
      group.substatus === null ? null : (substatusNames[group.substatus] ?? group.substatus),
    isPublic: group.shareId !== null,
    platform: group.platform,
    priority: group.priority,
    priorityLockedAt: formatOrNull(group.priorityLockedAt),
    project: group.project,
    type: 'value' in group.metadata ? 'error' : 'default',
    metadata: group.metadata,
    numComments: 0,
    assignedTo: serializeAssignee(group),
    ...serializePersonal(personal.get(group.id)),
    annotations: [],
    issueType: group.type,
    issueCategory: 'error',
    count: group.timesSeen,
    userCount: group.userCount,
    firstSeen: formatDateTime(group.firstSeen),
    lastSeen: formatDateTime(group.lastSeen),
    ...(hasInbox === true ? { inbox: serializeInbox(group.inbox) } : {}),
    ...(stats === null ? {} : { stats: { [stats.name]: series.get(group.id) ?? [] } }),
  };
}

function serializePersonal(personal: PersonalView | undefined): Json {
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
function serializeAssignee({ assignee }: GroupView): Json | null {
  if (assignee === null) return null;
  if (assignee.type === 'team') return { type: 'team', id: assignee.id, name: assignee.slug };
  const { id, name, username, email } = assignee.user;
  return { type: 'user', id, name: name === '' ? username : name, email };
}

/** How the issue was resolved, or until when it is ignored, when it is not just so. */
function statusDetails(group: GroupView, avatars: Avatars): Json {
  if (group.status === 'ignored' && group.snooze !== null) {
    return snoozeDetails(group.snooze, avatars);
  }
  if (group.status !== 'resolved') return {};
  const { resolution } = group;
  if (resolution !== null) {
    const actor =
      resolution.actor === null ? {} : { actor: serializeUser(resolution.actor, avatars) };
    return {
      ...(isInNextRelease(resolution)
        ? { inNextRelease: true }
        : { inRelease: resolution.version }),
      ...actor,
    };
  }
  return group.resolvingCommit === null
    ? {}
    : { inCommit: serializeCommit(group.resolvingCommit, avatars) };
}

function snoozeDetails(snooze: SnoozeView, avatars: Avatars): Json {
  return {
    ignoreCount: snooze.count,
    ignoreUntil: formatOrNull(snooze.until),
    ignoreUserCount: snooze.userCount,
    ignoreUserWindow: snooze.userWindow,
    ignoreWindow: snooze.window,
    actor: snooze.actor === null ? null : serializeUser(snooze.actor, avatars),
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

function serializeInbox(inbox: InboxView | null): Json | null {
  if (inbox === null) return null;
  return {
    reason: inboxReasonNumbers[inbox.reason],
    reason_details: inbox.details,
    date_added: formatDateTime(inbox.dateAdded),
  };
}
