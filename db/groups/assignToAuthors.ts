import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';

const assignedRow = z
  .object({ group_id: z.string(), user_id: z.string(), email: z.string().nullable() })
  .transform((row) => ({ groupId: row.group_id, userId: row.user_id, email: row.email }));

/**
 * Assigns issues to whoever wrote the commit or the pull request that fixes them; only changes are told.
 * @param options.replaces takes them from whomever they were assigned to before.
 */
export async function assignToAuthors(
  tx: Transaction,
  authors: readonly Readonly<{ groupId: string; userId: string }>[],
  { replaces }: Readonly<{ replaces: boolean }>,
): Promise<void> {
  if (authors.length === 0) return;
  const assigned = await many(tx, assignedRow, {
    name: 'assignToAuthors',
    text: `with assigned as (
             insert into group_assignee as held (group_id, user_id)
             select distinct on (group_id) group_id, user_id
               from unnest($1::bigint[], $2::bigint[]) with ordinality as given (group_id, user_id, position)
              order by group_id, position
             on conflict on constraint group_assignee_pkey
             do update set user_id = excluded.user_id, team_id = null, date_added = now()
              where $3 and held.user_id is distinct from excluded.user_id
             returning group_id, user_id)
           select assigned.group_id, assigned.user_id, email.email
             from assigned left join user_email email on email.user_id = assigned.user_id and email.is_primary
            order by assigned.group_id`,
    values: [authors.map(({ groupId }) => groupId), authors.map(({ userId }) => userId), replaces],
  });
  await insertGroupActivity(
    tx,
    assigned.map(({ groupId, userId, email }) => ({
      groupId,
      type: 'assigned',
      userId,
      data: { assignee: userId, assigneeEmail: email, assigneeType: 'user' },
    })),
  );
  await insertGroupHistory(
    tx,
    assigned.map(({ groupId, userId }) => ({ groupId, status: 'assigned', actorId: userId })),
  );
}
