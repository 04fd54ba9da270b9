import { z } from 'zod';
import { exec, many, type Queryable, type Transaction } from '../pool.ts';
import { userJson, type UserView } from '../releases/releaseView.ts';

/** What an issue is to one person. */
export type PersonalView = Readonly<{
  hasSeen: boolean;
  isBookmarked: boolean;
  /** Null for who has never said, nor been told, to follow it. */
  subscription: Readonly<{ isActive: boolean; reason: string }> | null;
}>;

const personalRow = z
  .object({
    group_id: z.string(),
    has_seen: z.boolean(),
    is_bookmarked: z.boolean(),
    is_active: z.boolean().nullable(),
    reason: z.string().nullable(),
  })
  .transform((row) => ({
    groupId: row.group_id,
    hasSeen: row.has_seen,
    isBookmarked: row.is_bookmarked,
    subscription:
      row.is_active === null || row.reason === null
        ? null
        : { isActive: row.is_active, reason: row.reason },
  }));

/** What issues are to one person, by id; one statement for any number of issues. */
export async function readPersonal(
  db: Queryable,
  groupIds: readonly string[],
  userId: string,
): Promise<ReadonlyMap<string, PersonalView>> {
  const rows = await many(db, personalRow, {
    name: 'readPersonal',
    text: `select given.id::text as group_id,
                  exists (select from group_seen seen
                           where (seen.group_id, seen.user_id) = (given.id, $2::bigint)) as has_seen,
                  exists (select from group_bookmark mark
                           where (mark.group_id, mark.user_id) = (given.id, $2)) as is_bookmarked,
                  subscription.is_active, subscription.reason
             from unnest($1::bigint[]) as given (id)
             left join group_subscription subscription
               on (subscription.group_id, subscription.user_id) = (given.id, $2)`,
    values: [groupIds, userId],
  });
  return new Map(rows.map(({ groupId, ...personal }) => [groupId, personal]));
}

/** Says that somebody has looked at issues of the projects of their teams, or takes it back. */
export async function setSeen(
  tx: Transaction,
  groupIds: readonly string[],
  userId: string,
  hasSeen: boolean,
): Promise<void> {
  if (!hasSeen) {
    await exec(tx, {
      name: 'clearSeen',
      text: 'delete from group_seen where group_id = any($1::bigint[]) and user_id = $2',
      values: [groupIds, userId],
    });
    return;
  }
  await exec(tx, {
    name: 'setSeen',
    text: `insert into group_seen (group_id, user_id)
           select group_.id, $2 from group_
            where group_.id = any($1::bigint[])
              and exists (
                    select from project_team
                      join team_member using (team_id)
                      join member on member.id = team_member.member_id
                     where project_team.project_id = group_.project_id and member.user_id = $2)
            order by group_.id
           on conflict on constraint group_seen_pkey do update set last_seen = now()`,
    values: [groupIds, userId],
  });
}

/** Marks issues for somebody, who then follows them; taking the mark away ends both (groups-projects-orgs 1.11). */
export async function setBookmark(
  tx: Transaction,
  groupIds: readonly string[],
  userId: string,
  isBookmarked: boolean,
): Promise<void> {
  await exec(
    tx,
    isBookmarked
      ? {
          name: 'setBookmark',
          text: `with marked as (
                   insert into group_bookmark (group_id, user_id)
                   select id, $2 from unnest($1::bigint[]) as id order by id
                   on conflict on constraint group_bookmark_pkey do nothing)
                 insert into group_subscription (group_id, user_id, reason)
                 select id, $2, 'bookmark' from unnest($1) as id order by id
                 on conflict on constraint group_subscription_pkey do nothing`,
          values: [groupIds, userId],
        }
      : {
          name: 'clearBookmark',
          text: `with unmarked as (
                   delete from group_bookmark where group_id = any($1::bigint[]) and user_id = $2)
                 delete from group_subscription where group_id = any($1) and user_id = $2`,
          values: [groupIds, userId],
        },
  );
}

const viewerRow = z
  .object({ user: z.custom<UserView>(), last_seen: z.string() })
  .transform((row) => ({ user: row.user, lastSeen: row.last_seen }));

export type Viewer = z.output<typeof viewerRow>;

/** Who has looked at an issue, the last one first; at most a hundred. */
export function listViewers(db: Queryable, groupId: string): Promise<Viewer[]> {
  return many(db, viewerRow, {
    name: 'listViewers',
    text: `select ${userJson} as user, seen.last_seen
             from group_seen seen
             join app_user on app_user.id = seen.user_id and app_user.is_active
             left join user_email email on email.user_id = app_user.id and email.is_primary
            where seen.group_id = $1
            order by seen.last_seen desc, app_user.id
            limit 100`,
    values: [groupId],
  });
}
