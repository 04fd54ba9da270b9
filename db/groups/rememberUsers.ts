import { createHash } from 'node:crypto';
import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

/** Somebody had an issue. */
export type GroupUser = Readonly<{ groupId: string; projectId: string; user: string }>;

/**
 * A count beyond this stands still: who has as many need not know how many more there are, and an issue of everybody
 * must not fill the disk with its people.
 */
const USERS_MAX = 100_000;

const addedRow = z.object({ group_id: z.string(), added: z.coerce.number() });

/**
 * Remembers whose events came, each person once for an issue: one statement, and none when nobody is named. People who
 * are known are only looked up.
 * @returns how many are new, by group.
 */
export async function rememberUsers(
  tx: Transaction,
  users: readonly GroupUser[],
): Promise<ReadonlyMap<string, number>> {
  if (users.length === 0) return new Map();
  const rows = await many(tx, addedRow, {
    name: 'rememberUsers',
    // In one order, so that batches of several processes wait for each other and never in a circle.
    text: `with added as (
             insert into group_user (group_id, user_hash, project_id)
             select distinct given.group_id, given.user_hash, given.project_id
               from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as given (group_id, user_hash, project_id)
               join group_ on group_.id = given.group_id and group_.user_count < $4
              order by given.group_id, given.user_hash
             on conflict on constraint group_user_pkey do nothing
             returning group_id)
           select group_id, count(*) as added from added group by group_id`,
    values: [
      users.map(({ groupId }) => groupId),
      users.map(({ user }) => hashOf(user)),
      users.map(({ projectId }) => projectId),
      USERS_MAX,
    ],
  });
  return new Map(rows.map((row) => [row.group_id, row.added]));
}

/** 64 bits: two of a hundred thousand people are taken for one in one issue of four billion. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest().readBigInt64BE().toString();
}
