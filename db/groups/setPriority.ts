import { exec, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import type { Priority } from '../../domain/issues/priority.ts';

/** Sets the priority by hand, which keeps it from being set by anything else. */
export async function setPriority(
  tx: Transaction,
  groupIds: readonly string[],
  priority: Priority,
  actorId: string | null,
): Promise<void> {
  await exec(tx, {
    name: 'setPriority',
    text: `update group_ set priority = $2, priority_locked_at = now() where id = any($1::bigint[])`,
    values: [groupIds, priority],
  });
  await insertGroupActivity(
    tx,
    groupIds.map((groupId) => ({
      groupId,
      type: 'set_priority',
      userId: actorId,
      data: { priority, reason: 'manual' },
    })),
  );
}
