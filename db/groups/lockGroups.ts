import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

const lockedGroupRow = z
  .object({
    id: z.string(),
    project_id: z.string(),
    status: z.enum(['unresolved', 'resolved', 'ignored']),
    substatus: z.string().nullable(),
    is_assigned: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    projectId: row.project_id,
    status: row.status,
    substatus: row.substatus,
    isAssigned: row.is_assigned,
  }));

export type LockedGroup = z.output<typeof lockedGroupRow>;

/** Takes the row locks of groups in the order of ids, as ingestion does, and answers what they are now. */
export function lockGroups(tx: Transaction, ids: readonly string[]): Promise<LockedGroup[]> {
  return many(tx, lockedGroupRow, {
    name: 'lockGroups',
    text: `select id, project_id, status, substatus,
                  exists (select from group_assignee where group_id = group_.id) as is_assigned
             from group_
            where id = any($1::bigint[]) and status in ('unresolved', 'resolved', 'ignored')
            order by id
              for no key update of group_`,
    values: [ids],
  });
}
