import type { HistoryStatus } from '../../domain/issues/historyStatus.ts';
import { exec, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';
import type { LockedGroup } from './lockGroups.ts';

export type OpenStatus = Readonly<{
  status: 'unresolved' | 'ignored';
  substatus: string;
  /** For the timeline: what an ignored issue comes back for, or where it was said when it was not here. */
  details: Readonly<Record<string, unknown>>;
  /** The timeline names the issue once more, as that of a lost reference does. */
  isIdentified?: boolean;
}>;

/** A substatus says more in the history than the status (groups-projects-orgs 1.2). */
const substatusHistory: Readonly<Record<string, HistoryStatus>> = {
  escalating: 'escalating',
  regressed: 'regressed',
  ongoing: 'unresolved',
  until_escalating: 'archived_until_escalating',
  forever: 'archived_forever',
  until_condition_met: 'archived_until_condition_met',
};

/**
 * Reopens or ignores groups; their resolutions go. Groups that are so already only get the substatus.
 * @returns the ids of the groups whose status changed.
 */
export async function setOpenStatus(
  tx: Transaction,
  locked: readonly LockedGroup[],
  { status, substatus, details, isIdentified }: OpenStatus,
  actorId: string | null,
): Promise<string[]> {
  const changed = locked.filter(
    (group) => group.status !== status || group.substatus !== substatus,
  );
  const told = changed.filter((group) => group.status !== status).map(({ id }) => id);
  await exec(tx, {
    name: 'setOpenStatus',
    text: `with unbound as (delete from group_resolution where group_id = any($4::bigint[])),
           awake as (delete from group_snooze where group_id = any($4)),
           reviewed as (delete from group_inbox where $2 = 'ignored' and group_id = any($4))
           update group_
              set status = $2, substatus = $3,
                  resolved_at = case when id = any($4) then null else resolved_at end
            where id = any($1::bigint[])`,
    values: [changed.map(({ id }) => id), status, substatus, told],
  });
  await insertGroupActivity(
    tx,
    told.map((groupId) => ({
      groupId,
      type: status === 'ignored' ? 'set_ignored' : 'set_unresolved',
      ident: isIdentified === true ? groupId : null,
      userId: actorId,
      data: details,
    })),
  );
  await insertGroupHistory(
    tx,
    told.map((groupId) => ({
      groupId,
      status: substatusHistory[substatus] ?? status,
      actorId,
    })),
  );
  return told;
}
