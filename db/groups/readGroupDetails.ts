import { z } from 'zod';
import {
  releaseColumns,
  releaseViewRow,
  userJson,
  type ReleaseView,
  type UserView,
} from '../releases/releaseView.ts';
import { many, maybeOne, type Queryable } from '../pool.ts';

const edgesRow = z
  .object({ first_release_id: z.string().nullable(), last_release_id: z.string().nullable() })
  .transform((row) => ({ firstId: row.first_release_id, lastId: row.last_release_id }));

/** The releases that a group was first and last seen in. */
export async function findGroupReleases(
  db: Queryable,
  groupId: string,
): Promise<Readonly<{ first: ReleaseView | null; last: ReleaseView | null }>> {
  const edges = await maybeOne(db, edgesRow, {
    name: 'findGroupReleases',
    text: `select first_release_id,
                  (select release_id from group_release
                    where group_id = group_.id order by last_seen desc, release_id desc limit 1) as last_release_id
             from group_ where id = $1`,
    values: [groupId],
  });
  const ids = [edges?.firstId, edges?.lastId].filter((id) => typeof id === 'string');
  const releases = await many(db, releaseViewRow, {
    name: 'findEdgeReleases',
    text: `select ${releaseColumns} from release where release.id = any($1::bigint[])`,
    values: [ids],
  });
  const byId = (id: string | null | undefined): ReleaseView | null =>
    releases.find((release) => release.id === id) ?? null;
  return { first: byId(edges?.firstId), last: byId(edges?.lastId) };
}

const subscriberRow = z
  .object({ user: z.custom<UserView>(), is_active: z.boolean(), reason: z.string() })
  .transform((row) => ({ user: row.user, isActive: row.is_active, reason: row.reason }));

export type Subscriber = z.output<typeof subscriberRow>;

/** Who follows an issue, or has stopped to; the oldest first, at most a hundred. */
export function listSubscribers(db: Queryable, groupId: string): Promise<Subscriber[]> {
  return many(db, subscriberRow, {
    name: 'listSubscribers',
    text: `select ${userJson} as user, subscription.is_active, subscription.reason
             from group_subscription subscription
             join app_user on app_user.id = subscription.user_id and app_user.is_active
             left join user_email email on email.user_id = app_user.id and email.is_primary
            where subscription.group_id = $1
            order by subscription.date_added, app_user.id
            limit 100`,
    values: [groupId],
  });
}
