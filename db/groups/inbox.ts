import { z } from 'zod';
import { exec, many, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';

const reviewedRow = z.object({
  id: z.string(),
  was_in_inbox: z.boolean(),
  became_ongoing: z.boolean(),
});

/** Puts groups into the inbox; one that is there keeps its reason (groups-projects-orgs 1.9). */
export async function addToInbox(
  tx: Transaction,
  groupIds: readonly string[],
  reason: 'manual' | 'ongoing' = 'manual',
): Promise<void> {
  await exec(tx, {
    name: 'addToInbox',
    text: `insert into group_inbox (group_id, project_id, reason)
           select id, project_id, $2 from group_ where id = any($1::bigint[]) order by id
           on conflict on constraint group_inbox_pkey do nothing`,
    values: [groupIds, reason],
  });
}

/**
 * Takes groups out of the inbox as reviewed, and makes those that are open ongoing, wherever they were (decisions 18).
 * A review is somebody's: without a person the timeline does not tell of one (groups-projects-orgs 1.9).
 */
export async function markReviewed(
  tx: Transaction,
  groupIds: readonly string[],
  actorId: string | null,
): Promise<void> {
  const changed = await many(tx, reviewedRow, {
    name: 'markReviewed',
    text: `with reviewed as (delete from group_inbox where group_id = any($1::bigint[]) returning group_id),
           ongoing as (
             update group_ set substatus = 'ongoing'
              where id = any($1) and status = 'unresolved' and substatus is distinct from 'ongoing'
             returning id)
           select id::text, id in (select group_id from reviewed) as was_in_inbox,
                  id in (select id from ongoing) as became_ongoing
             from unnest($1) as id
            where id in (select group_id from reviewed union all select id from ongoing)`,
    values: [groupIds],
  });
  const reviewed = actorId === null ? [] : changed.filter((group) => group.was_in_inbox);
  const ongoing = changed.filter((group) => group.became_ongoing);
  await insertGroupActivity(tx, [
    ...reviewed.map(({ id }) => ({
      groupId: id,
      type: 'mark_reviewed' as const,
      userId: actorId,
    })),
    ...ongoing.map(({ id }) => ({
      groupId: id,
      type: 'auto_set_ongoing' as const,
      data: { manually: true },
    })),
  ]);
  await insertGroupHistory(
    tx,
    reviewed.map(({ id }) => ({ groupId: id, status: 'reviewed', actorId })),
  );
}
