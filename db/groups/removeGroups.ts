import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';

const idRow = z.object({ id: z.string() }).transform((row) => row.id);

/**
 * Takes issues out of sight at once; what hangs on them is deleted later. Events that come from now on make new issues.
 * @returns those that this removed.
 */
export async function removeGroups(
  tx: Transaction,
  groupIds: readonly string[],
  actorId: string | null,
): Promise<string[]> {
  const removed = await many(tx, idRow, {
    name: 'removeGroups',
    text: `with removed as (
             update group_ set status = 'pending_deletion', substatus = null
              where id = any($1::bigint[]) and status in ('unresolved', 'resolved', 'ignored')
             returning id),
           forgotten as (delete from group_hash where group_id in (select id from removed)),
           reviewed as (delete from group_inbox where group_id in (select id from removed)),
           awake as (delete from group_snooze where group_id in (select id from removed)),
           unbound as (delete from group_resolution where group_id in (select id from removed))
           select id from removed order by id`,
    values: [groupIds],
  });
  await insertGroupHistory(
    tx,
    removed.map((groupId) => ({ groupId, status: 'deleted', actorId })),
  );
  return removed;
}
