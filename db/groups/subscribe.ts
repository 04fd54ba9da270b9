import { z } from 'zod';
import { exec, maybeOne, type Queryable, type Transaction } from '../pool.ts';

/** Somebody who changes an issue hears of it from then on, unless they have said that they will not. */
export async function subscribeActor(
  tx: Transaction,
  groupIds: readonly string[],
  userId: string,
): Promise<void> {
  await exec(tx, {
    name: 'subscribeActor',
    text: `insert into group_subscription (group_id, user_id, reason)
           select id, $2, 'status_change' from unnest($1::bigint[]) as id order by id
           on conflict on constraint group_subscription_pkey do nothing`,
    values: [groupIds, userId],
  });
}

/** What people say of themselves: they follow these issues, or they do not. */
export async function setSubscription(
  tx: Transaction,
  groupIds: readonly string[],
  userId: string,
  isActive: boolean,
): Promise<void> {
  await exec(tx, {
    name: 'setSubscription',
    text: `insert into group_subscription (group_id, user_id, is_active, reason)
           select id, $2, $3, 'unknown' from unnest($1::bigint[]) as id order by id
           on conflict on constraint group_subscription_pkey
           do update set is_active = excluded.is_active, reason = excluded.reason`,
    values: [groupIds, userId, isActive],
  });
}

/** Whether issues that this user resolves become theirs. */
export async function assignsItself(db: Queryable, userId: string): Promise<boolean> {
  const row = await maybeOne(db, z.object({ assigns: z.boolean() }), {
    name: 'assignsItself',
    text: `select value::text = '"1"' as assigns from user_option where user_id = $1 and key = 'self_assign_issue'`,
    values: [userId],
  });
  return row?.assigns ?? false;
}
