import { z } from 'zod';
import { exec, many, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';

const idRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

/**
 * Gives issues an id to share, or takes it away. What is shared already gets another one: whoever has the old id is to
 * lose it (groups-projects-orgs 1.11).
 */
export async function shareGroups(
  tx: Transaction,
  groupIds: readonly string[],
  isPublic: boolean,
  actorId: string | null,
): Promise<void> {
  const unshared = await many(tx, idRow, {
    name: 'unshareGroups',
    text: 'delete from group_share where group_id = any($1::bigint[]) returning group_id',
    values: [groupIds],
  });
  await insertGroupActivity(
    tx,
    unshared.map((groupId) => ({ groupId, type: 'set_private', userId: actorId })),
  );
  if (!isPublic) return;
  await exec(tx, {
    name: 'shareGroups',
    text: `insert into group_share (group_id, user_id)
           select id, $2 from unnest($1::bigint[]) as id order by id`,
    values: [groupIds, actorId],
  });
  await insertGroupActivity(
    tx,
    groupIds.map((groupId) => ({ groupId, type: 'set_public', userId: actorId })),
  );
}
