import { z } from 'zod';
import { hasResolution, type OrderedRelease } from '../../domain/issues/hasResolution.ts';
import { followsSemver } from '../../domain/versionOrder.ts';
import { exec, many, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';
import { readRegressionFacts, type RegressionFacts } from './readRegressionFacts.ts';

/** An event of a group that was resolved when it came. */
export type RegressionCandidate = Readonly<{
  organizationId: string;
  groupId: string;
  /** 32 hex digits. */
  eventId: string;
  timestamp: string;
  release: OrderedRelease | null;
}>;

/** Two events within this time are one regression. */
const ACTIVE_SECONDS = 5;

type Regression = RegressionCandidate & Readonly<{ isSemver: boolean; facts: RegressionFacts }>;

/**
 * Brings resolved groups back whose events no resolution covers (groups-projects-orgs 1.8): status, resolution,
 * timeline, history and inbox. The groups are locked by whoever calls.
 * @returns the events that brought their groups back, one for each.
 */
export async function regressGroups(
  tx: Transaction,
  candidates: readonly RegressionCandidate[],
): Promise<RegressionCandidate[]> {
  const found = await readRegressionFacts(tx, [...new Set(candidates.map((one) => one.groupId))]);
  const regressions = decide(candidates, found);
  if (regressions.length === 0) return [];
  const reopened = new Set(await reopen(tx, regressions));
  const effective = regressions.filter(({ groupId }) => reopened.has(groupId));
  if (effective.length === 0) return [];
  const consumed = await consumeResolutions(tx, effective);
  await insertGroupActivity(
    tx,
    effective.map(({ groupId, eventId, release, isSemver, facts }) => ({
      groupId,
      type: 'set_regression',
      data: {
        event_id: eventId,
        version: release?.version ?? '',
        ...(consumed.has(groupId)
          ? {
              follows_semver: isSemver,
              resolved_in_version: facts.resolution?.anchor.version ?? '',
            }
          : {}),
      },
    })),
  );
  await insertGroupHistory(
    tx,
    effective.map(({ groupId, release }) => ({
      groupId,
      status: 'regressed',
      releaseId: release?.id ?? null,
    })),
  );
  return effective;
}

/** The first event of each group that nothing covers. */
function decide(
  candidates: readonly RegressionCandidate[],
  found: readonly RegressionFacts[],
): Regression[] {
  const factsById = new Map(found.map((facts) => [facts.id, facts]));
  const regressions = new Map<string, Regression>();
  for (const candidate of candidates) {
    const facts = factsById.get(candidate.groupId);
    if (facts?.status !== 'resolved' || regressions.has(candidate.groupId)) continue;
    const { release } = candidate;
    const isSemver = release !== null && followsSemver(facts.recentReleases, release.version);
    if (facts.hasPendingCommit || hasResolution(facts.resolution, release, isSemver)) continue;
    regressions.set(candidate.groupId, { ...candidate, isSemver, facts });
  }
  return [...regressions.values()];
}

async function reopen(tx: Transaction, regressions: readonly Regression[]): Promise<string[]> {
  const rows = await many(tx, z.object({ id: z.string() }), {
    name: 'reopenGroups',
    // Only whoever changes the row goes on: a regression is told once.
    text: `with given as (select * from unnest($1::bigint[], $2::timestamptz[]) as given (id, seen_at)),
           reopened as (
             update group_
                set status = 'unresolved', substatus = 'regressed',
                    active_at = greatest(given.seen_at, group_.last_seen),
                    last_seen = greatest(given.seen_at, group_.last_seen)
               from given
              where group_.id = given.id
                and group_.status in ('resolved', 'unresolved')
                and group_.active_at < greatest(given.seen_at, group_.last_seen) - make_interval(secs => $3)
             returning group_.id, group_.project_id),
           listed as (
             insert into group_inbox (group_id, project_id, reason) select id, project_id, 'regression' from reopened
             on conflict on constraint group_inbox_pkey do nothing)
           select id from reopened`,
    values: [
      regressions.map((one) => one.groupId),
      regressions.map((one) => one.timestamp),
      ACTIVE_SECONDS,
    ],
  });
  return rows.map((row) => row.id);
}

/**
 * Deletes the resolutions of groups that came back with a release, and writes that release into the timeline where it
 * says "resolved in the next release" and not yet which. Answers the groups that had a resolution.
 */
async function consumeResolutions(
  tx: Transaction,
  regressions: readonly Regression[],
): Promise<ReadonlySet<string>> {
  const withRelease = regressions.flatMap(({ groupId, release }) =>
    release === null ? [] : [{ groupId, version: release.version }],
  );
  if (withRelease.length === 0) return new Set();
  const rows = await many(tx, z.object({ id: z.string(), group_id: z.string() }), {
    name: 'consumeResolutions',
    text: 'delete from group_resolution where group_id = any($1::bigint[]) returning id, group_id',
    values: [withRelease.map((one) => one.groupId)],
  });
  const versions = new Map(withRelease.map((one) => [one.groupId, one.version]));
  if (rows.length > 0) {
    await exec(tx, {
      name: 'nameNextRelease',
      text: `update activity
                set data = (activity.data::jsonb || jsonb_build_object('version', given.version))::json
               from unnest($1::bigint[], $2::bigint[], $3::text[]) as given (group_id, resolution_id, version)
              where activity.id = (
                      select newest.id from activity newest
                       where newest.group_id = given.group_id and newest.type = 'set_resolved_in_release'
                         and newest.ident = given.resolution_id::text
                       order by newest.id desc
                       limit 1)
                and activity.data ->> 'version' = ''`,
      values: [
        rows.map((row) => row.group_id),
        rows.map((row) => row.id),
        rows.map((row) => versions.get(row.group_id) ?? ''),
      ],
    });
  }
  return new Set(rows.map((row) => row.group_id));
}
