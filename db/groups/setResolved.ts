import { z } from 'zod';
import type { HistoryStatus } from '../../domain/issues/historyStatus.ts';
import { exec, many, type Transaction } from '../pool.ts';
import { insertGroupActivity, type GroupActivityType } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';
import type { LockedGroup } from './lockGroups.ts';
import { markResolved } from './markResolved.ts';
import {
  findReleaseOfCommit,
  planNextRelease,
  type NamedRelease,
  type NextRelease,
} from './planResolution.ts';

/** What somebody says fixes the issues. */
export type ResolutionTarget =
  /** `details` say for the timeline where that was said, when it was not here. */
  | Readonly<{ kind: 'now'; details?: Readonly<Record<string, unknown>> }>
  | Readonly<{ kind: 'in_release'; release: NamedRelease }>
  /** Without an anchor there is no release at all yet. */
  | Readonly<{ kind: 'in_next_release'; anchor: NamedRelease | null }>
  | Readonly<{ kind: 'in_commit'; commitId: string }>;

type ResolutionRow = Readonly<{
  groupId: string;
  release: NamedRelease;
  type: 'in_release' | 'in_next_release';
  status: 'pending' | 'resolved';
  current: string | null;
  /** Empty until the release that has the fix is known. */
  version: string;
}>;

const activityTypes: Readonly<Record<ResolutionTarget['kind'], GroupActivityType>> = {
  now: 'set_resolved',
  in_release: 'set_resolved_in_release',
  in_next_release: 'set_resolved_in_release',
  in_commit: 'set_resolved_in_commit',
};

const historyStatuses: Readonly<Record<ResolutionTarget['kind'], HistoryStatus>> = {
  now: 'resolved',
  in_release: 'resolved_in_release',
  in_next_release: 'resolved_in_release',
  in_commit: 'resolved_in_commit',
};

/**
 * Resolves groups of one project (of several with `now`); those that are resolved already stay as they are
 * (groups-projects-orgs 1.11).
 * @returns the ids of the groups that this resolved.
 */
export async function setResolved(
  tx: Transaction,
  locked: readonly LockedGroup[],
  target: ResolutionTarget,
  actorId: string | null,
): Promise<string[]> {
  const groups = locked.filter(({ status }) => status !== 'resolved');
  const ids = groups.map(({ id }) => id);
  const [first] = groups;
  if (first === undefined) return [];
  if (target.kind === 'in_commit') await linkCommit(tx, ids, target.commitId);
  const rows = await planRows(tx, first.projectId, ids, target);
  const resolutionIds = await upsertResolutions(tx, ids, rows, actorId);
  await markResolved(tx, ids);
  const rowByGroup = new Map(rows.map((row) => [row.groupId, row]));
  await insertGroupActivity(
    tx,
    ids.map((groupId) => ({
      groupId,
      type: activityTypes[target.kind],
      ident: resolutionIds.get(groupId) ?? null,
      userId: actorId,
      data: activityData(target, rowByGroup.get(groupId)),
    })),
  );
  await insertGroupHistory(
    tx,
    ids.map((groupId) => ({
      groupId,
      status: historyStatuses[target.kind],
      releaseId: rowByGroup.get(groupId)?.release.id ?? null,
      actorId,
    })),
  );
  return ids;
}

async function planRows(
  tx: Transaction,
  projectId: string,
  groupIds: readonly string[],
  target: ResolutionTarget,
): Promise<ResolutionRow[]> {
  switch (target.kind) {
    case 'now':
      return [];
    case 'in_release':
      return groupIds.map((groupId) => inRelease(groupId, target.release));
    case 'in_commit': {
      const release = await findReleaseOfCommit(tx, target.commitId);
      return release === null ? [] : groupIds.map((groupId) => inRelease(groupId, release));
    }
    case 'in_next_release': {
      const { anchor } = target;
      if (anchor === null) return [];
      const plans = await planNextRelease(tx, projectId, groupIds);
      return plans.map((plan) => inNextRelease(plan, anchor));
    }
  }
}

function inRelease(groupId: string, release: NamedRelease): ResolutionRow {
  const { version } = release;
  return { groupId, release, type: 'in_release', status: 'resolved', current: null, version };
}

/** With semantic versions the rule is "greater than the current one", so nothing is left to wait for. */
function inNextRelease(
  { groupId, current, later, isSemver }: NextRelease,
  anchor: NamedRelease,
): ResolutionRow {
  if (isSemver && current !== null) {
    return { ...inRelease(groupId, anchor), current, version: '' };
  }
  if (later !== null) return { ...inRelease(groupId, later), current };
  return {
    groupId,
    release: anchor,
    type: 'in_next_release',
    status: 'pending',
    current,
    version: '',
  };
}

function activityData(
  target: ResolutionTarget,
  row: ResolutionRow | undefined,
): Readonly<Record<string, unknown>> {
  if (target.kind === 'now') return target.details ?? {};
  if (target.kind === 'in_commit') return { commit: target.commitId };
  // In the next release of a project that has none yet: which one it is, is as open as ever.
  if (row === undefined) return { version: '' };
  const { version, current } = row;
  return current === null ? { version } : { version, current_release_version: current };
}

/** Replaces what the groups had; answers the ids of the rows by group. */
async function upsertResolutions(
  tx: Transaction,
  groupIds: readonly string[],
  rows: readonly ResolutionRow[],
  actorId: string | null,
): Promise<ReadonlyMap<string, string>> {
  if (rows.length === 0) {
    await exec(tx, {
      name: 'deleteResolutions',
      text: 'delete from group_resolution where group_id = any($1::bigint[])',
      values: [groupIds],
    });
    return new Map();
  }
  const stored = await many(tx, z.object({ id: z.string(), group_id: z.string() }), {
    name: 'upsertResolutions',
    text: `insert into group_resolution (group_id, release_id, type, status, current_release_version, actor_id)
           select *, $6::bigint
             from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[])
           on conflict on constraint group_resolution_group_id_key
           do update set release_id = excluded.release_id, type = excluded.type, status = excluded.status,
                         current_release_version = excluded.current_release_version, actor_id = excluded.actor_id,
                         date_added = now()
           returning id, group_id`,
    values: [
      rows.map((row) => row.groupId),
      rows.map((row) => row.release.id),
      rows.map((row) => row.type),
      rows.map((row) => row.status),
      rows.map((row) => row.current),
      actorId,
    ],
  });
  return new Map(stored.map((row) => [row.group_id, row.id]));
}

async function linkCommit(
  tx: Transaction,
  groupIds: readonly string[],
  commitId: string,
): Promise<void> {
  await exec(tx, {
    name: 'linkCommitToGroups',
    // Releases that have the commit already have had their say: their list, sent again, resolves nothing again.
    text: `with linked as (
             insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
             select id, project_id, 'commit', $2, 'resolves' from group_ where id = any($1::bigint[]) order by id
             on conflict on constraint group_link_group_id_linked_type_linked_id_key
             do update set relationship = excluded.relationship
             returning id)
           insert into resolved_link (release_id, group_link_id)
           select release_commit.release_id, linked.id
             from linked join release_commit on release_commit.commit_id = $2
            order by release_commit.release_id, linked.id
           on conflict on constraint resolved_link_pkey do nothing`,
    values: [groupIds, commitId],
  });
}
