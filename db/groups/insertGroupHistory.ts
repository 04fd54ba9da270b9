import { inverseStatuses, type HistoryStatus } from '../../domain/issues/historyStatus.ts';
import { exec, type Transaction } from '../pool.ts';

export type HistoryEntry = Readonly<{
  groupId: string;
  status: HistoryStatus;
  releaseId?: string | null;
  actorId?: string | null;
}>;

/** Appends to the history of groups; each row finds the newest one that it undoes (groups-projects-orgs 1.2). */
export async function insertGroupHistory(
  tx: Transaction,
  entries: readonly HistoryEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await exec(tx, {
    name: 'insertGroupHistory',
    text: `insert into group_history (organization_id, project_id, group_id, release_id, actor_id, status,
                                      prev_history_id, prev_history_date)
           select project.organization_id, project.id, group_.id, given.release_id, given.actor_id, given.status,
                  undone.id, undone.date_added
             from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality
                  as given (group_id, status, release_id, actor_id, position)
             join group_ on group_.id = given.group_id
             join project on project.id = group_.project_id
             left join lateral (
               select earlier.id, earlier.date_added
                 from group_history earlier
                where earlier.group_id = given.group_id
                  and earlier.status in (select json_array_elements_text($5::json -> given.status))
                order by earlier.id desc
                limit 1) undone on true
            order by given.position`,
    values: [
      entries.map((entry) => entry.groupId),
      entries.map((entry) => entry.status),
      entries.map((entry) => entry.releaseId ?? null),
      entries.map((entry) => entry.actorId ?? null),
      JSON.stringify(inverseStatuses),
    ],
  });
}
