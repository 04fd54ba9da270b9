import { exec, type Transaction } from '../pool.ts';

/** Makes groups resolved, which takes them out of the inbox and ends what they were ignored until. */
export async function markResolved(tx: Transaction, groupIds: readonly string[]): Promise<void> {
  await exec(tx, {
    name: 'markResolved',
    text: `with reviewed as (delete from group_inbox where group_id = any($1::bigint[])),
           awake as (delete from group_snooze where group_id = any($1))
           update group_ set status = 'resolved', substatus = null, resolved_at = now() where id = any($1)`,
    values: [groupIds],
  });
}
