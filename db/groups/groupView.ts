import { z } from 'zod';
import type { Json } from '../../domain/ingest/trimData.ts';
import { commitJson, userById, type CommitView, type UserView } from '../releases/releaseView.ts';

export type GroupProjectView = Readonly<{
  id: string;
  slug: string;
  name: string;
  platform: string | null;
}>;

export type ResolutionView = Readonly<{
  type: 'in_release' | 'in_next_release';
  version: string;
  currentVersion: string | null;
  actor: UserView | null;
}>;

export type SnoozeView = Readonly<{
  until: string | null;
  count: number | null;
  window: number | null;
  userCount: number | null;
  userWindow: number | null;
  actor: UserView | null;
}>;

export type AssigneeView = Readonly<
  { type: 'user'; user: UserView } | { type: 'team'; id: string; slug: string }
>;

export type InboxView = Readonly<{
  reason: 'new' | 'regression' | 'manual' | 'reprocessed' | 'escalating' | 'ongoing';
  details: unknown;
  dateAdded: string;
}>;

/** Columns of a group with everything its JSON shows: one statement, whatever the number of groups. */
export const groupColumns = `group_.id, group_.short_id, group_.status, group_.substatus, group_.type, group_.level,
  group_.priority, group_.priority_locked_at, group_.platform, group_.logger, group_.culprit, group_.title,
  group_.metadata, group_.message, group_.times_seen, group_.user_count, group_.first_seen, group_.last_seen, project.organization_id,
  json_build_object('id', project.id::text, 'slug', project.slug, 'name', project.name,
                    'platform', project.platform) as project,
  (select json_build_object('type', resolution.type, 'version', release.version,
                            'currentVersion', resolution.current_release_version,
                            'actor', ${userById('resolution.actor_id')})
     from group_resolution resolution join release on release.id = resolution.release_id
    where resolution.group_id = group_.id) as resolution,
  (select json_build_object('until', snooze.until::text, 'count', snooze.count, 'window', snooze.window_minutes,
                            'userCount', snooze.user_count, 'userWindow', snooze.user_window_minutes,
                            'actor', ${userById('snooze.actor_id')})
     from group_snooze snooze where snooze.group_id = group_.id) as snooze,
  (select ${commitJson}
     from group_link link join commit on commit.id = link.linked_id
    where link.group_id = group_.id and link.linked_type = 'commit' and link.relationship = 'resolves'
      and group_.status = 'resolved'
    order by link.id desc limit 1) as resolving_commit,
  (select case when assignee.user_id is null
               then json_build_object('type', 'team', 'id', team.id::text, 'slug', team.slug)
               else json_build_object('type', 'user', 'user', ${userById('assignee.user_id')}) end
     from group_assignee assignee left join team on team.id = assignee.team_id
    where assignee.group_id = group_.id) as assignee,
  (select uuid from group_share share where share.group_id = group_.id) as share_id,
  (select json_build_object('reason', inbox.reason, 'details', inbox.reason_details, 'dateAdded', inbox.date_added::text)
     from group_inbox inbox where inbox.group_id = group_.id) as inbox`;

export const groupViewRow = z
  .object({
    id: z.string(),
    short_id: z.string(),
    status: z.enum(['unresolved', 'resolved', 'ignored']),
    substatus: z.string().nullable(),
    type: z.string(),
    level: z.string(),
    priority: z.string(),
    priority_locked_at: z.string().nullable(),
    platform: z.string().nullable(),
    logger: z.string().nullable(),
    culprit: z.string().nullable(),
    title: z.string(),
    metadata: z.custom<Readonly<Record<string, Json>>>(),
    message: z.string(),
    times_seen: z.string(),
    user_count: z.coerce.number(),
    first_seen: z.string(),
    last_seen: z.string(),
    organization_id: z.string(),
    project: z.custom<GroupProjectView>(),
    resolution: z.custom<ResolutionView | null>(),
    snooze: z.custom<SnoozeView | null>(),
    resolving_commit: z.custom<CommitView | null>(),
    assignee: z.custom<AssigneeView | null>(),
    share_id: z.string().nullable(),
    inbox: z.custom<InboxView | null>(),
  })
  .transform((row) => ({
    id: row.id,
    shortId: row.short_id,
    status: row.status,
    substatus: row.substatus,
    type: row.type,
    level: row.level,
    priority: row.priority,
    priorityLockedAt: row.priority_locked_at,
    platform: row.platform,
    logger: row.logger,
    culprit: row.culprit,
    title: row.title,
    metadata: row.metadata,
    message: row.message,
    timesSeen: row.times_seen,
    userCount: row.user_count,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    organizationId: row.organization_id,
    project: row.project,
    resolution: row.resolution,
    snooze: row.snooze,
    resolvingCommit: row.resolving_commit,
    assignee: row.assignee,
    shareId: row.share_id?.replaceAll('-', '') ?? null,
    inbox: row.inbox,
  }));

export type GroupView = z.output<typeof groupViewRow>;

/** Groups that still exist for people: those on their way out are hidden everywhere. */
export const VISIBLE_STATUSES = ['unresolved', 'resolved', 'ignored'] as const;
