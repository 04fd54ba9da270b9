import { ApplicationFailure } from '@temporalio/common';
import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import type { NewOperation } from '../db/operations/insertOperations.ts';
import { formatShortId } from '../domain/shortId.ts';
import { eventually, useActorBench } from './support/actor.ts';
import { startFixtureWorker } from './support/fixtureWorker.ts';

/**
 * A release that fixes hundreds of issues, and a worker that does not live to see it: each issue is resolved once, with
 * one activity, one history entry and one event for subscribers.
 */
const bench = useActorBench();
const GROUPS = 600;

beforeAll(async () => {
  await bench.slipway.pool.query(
    `insert into webhook (organization_id, url, events, secret_encrypted)
     values ($1, 'http://acme.test', '{issue.resolved}', '\\x00')`,
    [bench.slipway.tenant.organizationId],
  );
});

async function createGroups(first: number): Promise<string[]> {
  const { rows } = await bench.slipway.pool.query<{ id: string }>(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, substatus)
     select $1, number, 'Boom', now(), now(), now(), 'new'
       from generate_series($2::int, $3::int) as number
     returning id`,
    [bench.slipway.tenant.web.id, first, first + GROUPS - 1],
  );
  return rows.map(({ id }) => id);
}

/** Ten references in each of its commits. */
function fixing(version: string, first: number): NewOperation {
  const name = (offset: number): string =>
    formatShortId({ slug: 'web', number: String(first + offset) });
  const commits = Array.from({ length: GROUPS / 10 }, (_, index) => ({
    id: String(first + index).padStart(40, 'c'),
    repository: 'acme/web',
    message: `Fixes ${Array.from({ length: 10 }, (__, item) => name(index * 10 + item)).join(', ')}`,
  }));
  return { ...bench.operation(version, 'commits'), body: { setCommits: { commits } } };
}

/** How many issues there are of each kind; all should be of one. */
async function kindsOf(groupIds: readonly string[]): Promise<unknown[]> {
  const { rows } = await bench.slipway.pool.query(
    `select status, history, activity, told, count(*)::int
       from (select status,
                    array(select status from group_history where group_id = group_.id order by id) as history,
                    array(select type from activity where group_id = group_.id order by id) as activity,
                    (select count(*)::int from outbox where payload -> 'issue' ->> 'id' = group_.id::text) as told
               from group_ where id = any($1::bigint[])) as groups
      group by 1, 2, 3, 4`,
    [groupIds],
  );
  return rows;
}

const resolvedOnce = [
  {
    status: 'resolved',
    history: ['resolved'],
    activity: ['referenced_in_commit', 'set_resolved_in_release'],
    told: 1,
    count: GROUPS,
  },
];

test('a worker killed while it resolves leaves nothing half done, and the next one does it once', async () => {
  const { slipway } = bench;
  const groupIds = await createGroups(1);
  const child = await startFixtureWorker('crashingWorker.ts', slipway);
  const exited = once(child, 'exit');
  // A regular activity, as for long lists: it ends by its heartbeats.
  await bench.startActor('killed', { bulkSize: 0 });
  const mailbox = bench.mailbox({ waitMs: 40_000 });
  await mailbox.submit(bench.operation('killed', 'create'), 'acme');

  const blocker = await slipway.pool.connect();
  await blocker.query('begin');
  await blocker.query('select from group_ where id = $1 for no key update', [groupIds.at(-1)]);
  const fixed = mailbox.submit(fixing('killed', 1), 'acme');
  await eventually(async () => {
    const { rowCount } = await slipway.pool.query(
      `select from pg_stat_activity
        where application_name = 'slipway-crashing-worker' and wait_event_type = 'Lock'
          and query like '%resolveReleaseGroups%' and datname = current_database()`,
    );
    return rowCount || undefined;
  });
  child.kill('SIGKILL');
  await exited;
  await blocker.query('rollback');
  blocker.release();
  expect(await kindsOf(groupIds)).toMatchObject([{ status: 'unresolved', history: [], told: 0 }]);

  await bench.startWorker();
  expect((await fixed).outcome).toMatchObject({ status: 200 });
  expect(await kindsOf(groupIds)).toEqual(resolvedOnce);
});

test('an answer that is lost after the commit resolves nothing again', async () => {
  const groupIds = await createGroups(GROUPS + 1);
  let calls = 0;
  await bench.startWorker({
    failpoints: ({ setCommits }) => ({
      setCommits: async (input) => {
        const result = await setCommits(input);
        calls += 1;
        if (calls === 1) throw ApplicationFailure.create({ message: 'lost', type: 'Lost' });
        return result;
      },
    }),
  });
  const mailbox = bench.mailbox();
  await mailbox.submit(bench.operation('lost', 'create'), 'acme');
  const { outcome } = await mailbox.submit(fixing('lost', GROUPS + 1), 'acme');
  expect(outcome).toMatchObject({ status: 200 });
  expect(calls).toBe(2);
  expect(await kindsOf(groupIds)).toEqual(resolvedOnce);
});
