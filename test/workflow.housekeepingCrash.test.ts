import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { expireResolutions } from '../workflows/expireResolutions.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import type { retention } from '../workflows/retention.ts';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';
import { WorkerProcesses } from './support/workerProcess.ts';

/**
 * A worker process is killed in the middle of `retention` and of `expire-resolutions`, each with a chunk that is done and
 * one under way: the next worker ends both passes, and nothing was done twice.
 */
const slipway = useSlipway({ worker: false });
const workers = new WorkerProcesses(slipway);
let blocker: PoolClient;
let groupId: string;

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await slipway.pool.query(text, values)).rows;

const OLD_EVENTS = 1_200;
const DUE_ISSUES = 450;

beforeAll(async () => {
  blocker = await slipway.pool.connect();
  const web = await IngestClient.create(slipway);
  const eventId = await web.send(exceptionEvent('Kept'));
  [{ group_id: groupId }] = await rows('select group_id from event where event_id = $1', [eventId]);
  await rows(
    `insert into event (project_id, event_id, group_id, timestamp, data)
     select project_id, gen_random_uuid(), id, now() - interval '100 days' + make_interval(secs => n), '{}'
       from group_, generate_series(1, $2) n where id = $1`,
    [groupId, OLD_EVENTS],
  );
  await rows(
    `with made as (
       insert into group_ (project_id, short_id, status, substatus, title, first_seen, last_seen, active_at)
       select project_id, 10000 + n, 'ignored', 'until_condition_met', 'due', now(), now(), now()
         from group_, generate_series(1, $2) n where id = $1
       returning id, short_id)
     insert into group_snooze (group_id, until, times_seen_before)
     select id, now() - make_interval(secs => 20000 - short_id), 0 from made`,
    [groupId, DUE_ISSUES],
  );
});

afterAll(() => blocker.release());

/** A row of the second chunk of each pass, so that it waits there. */
async function block(): Promise<void> {
  await blocker.query('begin');
  await blocker.query('set local idle_in_transaction_session_timeout = 0');
  await blocker.query(
    `select from event
      where event_id = (select event_id from event where group_id = $1 order by timestamp offset 700 limit 1)
        for update`,
    [groupId],
  );
  await blocker.query("select from group_ where title = 'due' and short_id = 10300 for update");
}

/** Statements of workers that wait for those rows. */
async function waiting(): Promise<string[]> {
  const found = await rows(
    `select distinct substring(query from '(expireEvents|lockGroups|wakeIgnored)') as name
       from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return found.map(({ name }) => name);
}

const left = async () =>
  (
    await rows(
      `select (select count(*)::int from event where group_id = $1) as events,
              (select count(*)::int from group_ where title = 'due' and status = 'ignored') as ignored,
              (select count(*)::int from activity join group_ on group_.id = group_id where title = 'due') as told`,
      [groupId],
    )
  )[0];

test('the next worker ends the passes of one that was killed, and nothing happens twice', async () => {
  const { client } = slipway.temporal;
  const start = (type: string) =>
    client.workflow.start<typeof retention | typeof expireResolutions>(type, {
      workflowId: `${type}-killed`,
      taskQueue: releaseTaskQueue,
    });
  const passes = await Promise.all([start('retention'), start('expireResolutions')]);
  await block();
  try {
    const first = workers.start();
    await vi.waitUntil(async () => (await waiting()).length === 2, 60_000);
    await workers.kill(first);
    expect(await left()).toEqual({ events: OLD_EVENTS + 1 - 500, ignored: 250, told: 200 });
  } finally {
    await blocker.query('rollback');
  }

  workers.start();
  await Promise.all(passes.map((pass) => pass.result()));
  expect(await left()).toEqual({ events: 1, ignored: 0, told: DUE_ISSUES });
  for (const pass of passes) {
    const { events } = await pass.fetchHistory();
    const attempts = events!.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0);
    expect(Math.max(...attempts)).toBeGreaterThan(1);
  }
}, 120_000);
