import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inChunks } from '../activities/housekeeping/inChunks.ts';
import { expireEvents } from '../db/events/expireEvents.ts';
import { ensureSchedules } from '../worker/schedules.ts';
import type { expireResolutions } from '../workflows/expireResolutions.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import type { retention } from '../workflows/retention.ts';
import { eventually, useActorBench } from './support/actor.ts';
import { exceptionEvent, IngestClient } from './support/ingest.ts';

/**
 * What happens to issues when nobody does anything:
 *   1. expireResolutions: ignored issues come back when they are due; what waits for the next release finds it
 *   2. retention: old events go and their issues stay, removed issues go with everything, old issues are resolved,
 *      answers to writes are forgotten
 *   3. both end where there is nothing to do, go on where a dead worker stopped, and can be triggered by hand
 */
const bench = useActorBench();
let web: IngestClient;
let count = 0;

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await bench.slipway.pool.query(text, values)).rows;
const call = (method: string, path: string, body?: unknown) =>
  bench.slipway.call(method, path, body === undefined ? {} : { body });
const ISSUES = '/api/0/organizations/acme/issues/';

async function issue(event: Record<string, unknown> = {}): Promise<{ id: string; type: string }> {
  const type = `Kept${(count += 1)}`;
  const eventId = await web.send(exceptionEvent(type, event));
  const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
    eventId,
  ]);
  return { id, type };
}

const status = async (id: string): Promise<string> =>
  (await rows('select status from group_ where id = $1', [id]))[0]?.status;

async function run<W extends typeof retention | typeof expireResolutions>(
  workflowType: string,
): Promise<Awaited<ReturnType<W>>> {
  const result: unknown = await bench.slipway.temporal.client.workflow.execute(workflowType, {
    workflowId: `${workflowType}-${(count += 1)}-${bench.slipway.tenant.organizationId}`,
    taskQueue: releaseTaskQueue,
  });
  return result as Awaited<ReturnType<W>>;
}

beforeAll(async () => {
  web = await IngestClient.create(bench.slipway);
});

beforeEach(() => bench.startWorker());

afterAll(async () => {
  const { client } = bench.slipway.temporal;
  for (const id of ['reconcile', 'schedule-resyncs', 'expire-resolutions', 'retention']) {
    await client.schedule.getHandle(id).delete();
  }
});

describe('expireResolutions', () => {
  const expire = () => run<typeof expireResolutions>('expireResolutions');

  test('reopens issues that were ignored until now, and leaves the others alone', async () => {
    const [due, later, counted, resolved] = await Promise.all([issue(), issue(), issue(), issue()]);
    for (const { id } of [due, later, resolved]) {
      await call('PUT', `${ISSUES}${id}/`, { status: 'ignored', ignoreDuration: 30 });
    }
    await call('PUT', `${ISSUES}${counted.id}/`, { status: 'ignored', ignoreCount: 100 });
    // As a release resolves it: the snooze stays behind.
    await rows("update group_ set status = 'resolved', substatus = null where id = $1", [
      resolved.id,
    ]);
    await rows('update group_snooze set until = now() where group_id = any($1)', [
      [due.id, resolved.id],
    ]);
    expect(await expire()).toMatchObject({ reopened: 1 });
    expect(await Promise.all([due, later, counted, resolved].map(({ id }) => status(id)))).toEqual([
      'unresolved',
      'ignored',
      'ignored',
      'resolved',
    ]);
    const { body } = await call('GET', `${ISSUES}${due.id}/?expand=inbox`);
    expect(body).toMatchObject({ substatus: 'ongoing', statusDetails: {}, inbox: { reason: 6 } });
    expect(body.activity.map(({ type }: any) => type)).toEqual([
      'set_unresolved',
      'set_ignored',
      'first_seen',
    ]);
    expect(body.activity[0]).toMatchObject({ user: null });
    expect(await rows('select group_id from group_snooze where until <= now()')).toEqual([]);
    expect(await expire()).toEqual({ reopened: 0, settled: 0 });
    for (const { id } of [later, counted]) await rows('delete from group_ where id = $1', [id]);
  });

  test('hundreds at once, in chunks', async () => {
    const { id } = await issue();
    await rows(
      `with made as (
         insert into group_ (project_id, short_id, status, substatus, title, first_seen, last_seen, active_at)
         select project_id, 10000 + n, 'ignored', 'until_condition_met', 'many', now(), now(), now()
           from group_, generate_series(1, 450) n where id = $1
         returning id)
       insert into group_snooze (group_id, until, times_seen_before) select id, now(), 0 from made`,
      [id],
    );
    expect(await expire()).toMatchObject({ reopened: 450 });
    expect(await rows("select distinct status from group_ where title = 'many'")).toEqual([
      { status: 'unresolved' },
    ]);
    await rows("delete from group_ where title = 'many'");
  });

  test('settles what waits for the next release when that was linked to the project later', async () => {
    const ago = (seconds: number): number => Date.now() / 1_000 - seconds;
    const { id } = await issue({ release: 'build-a', timestamp: ago(900) });
    await call('PUT', `${ISSUES}${id}/`, { status: 'resolvedInNextRelease' });
    expect(await expire()).toMatchObject({ settled: 0 });
    // Made for another project, and then deployed with this one too.
    await rows(
      `with made as (insert into release (organization_id, version) values ($1, 'build-b') returning id)
       insert into release_project (release_id, project_id) select id, $2 from made`,
      [bench.slipway.tenant.organizationId, web.project.id],
    );
    expect(await expire()).toMatchObject({ settled: 1 });
    const { body } = await call('GET', `${ISSUES}${id}/`);
    expect(body.statusDetails).toMatchObject({ inRelease: 'build-b' });
    expect(body.activity[0]).toMatchObject({
      type: 'set_resolved_in_release',
      data: { version: 'build-b' },
    });
    expect(await expire()).toMatchObject({ settled: 0 });
  });
});

describe('retention', () => {
  const tidy = () => run<typeof retention>('retention');

  test('deletes events of more than ninety days ago, and their issues keep what was counted', async () => {
    const { id, type } = await issue();
    for (let sent = 1; sent < 4; sent += 1) await web.send(exceptionEvent(type));
    await rows(
      `update event set timestamp = now() - make_interval(days => 91)
        where event_id in (select event_id from event where group_id = $1 limit 3)`,
      [id],
    );
    await rows(
      `insert into event (project_id, event_id, group_id, timestamp, data)
       select project_id, gen_random_uuid(), id, now() - interval '100 days', '{}'
         from group_, generate_series(1, 1200) where id = $1`,
      [id],
    );
    expect(await tidy()).toMatchObject({ events: 1_203, removed: 0, resolved: 0 });
    expect(await rows('select from event where group_id = $1', [id])).toHaveLength(1);
    expect((await call('GET', `${ISSUES}${id}/`)).body).toMatchObject({ count: '4' });
    expect(await tidy()).toMatchObject({ events: 0, removed: 0, resolved: 0 });
  });

  test('where all events are young, a pass looks at one of each project', async () => {
    const { id } = await issue();
    await rows(
      `insert into event (project_id, event_id, group_id, timestamp, data)
       select project_id, gen_random_uuid(), id, now() - make_interval(mins => n), '{}'
         from group_, generate_series(1, 20000) n where id = $1`,
      [id],
    );
    await rows('analyze event');
    let plan = '';
    const explaining = {
      query: async (statement: { text: string; values: unknown[] }) => {
        plan = JSON.stringify(
          await rows(`explain (analyze, format json) ${statement.text}`, statement.values),
        );
        return { rows: [] };
      },
    };
    await expireEvents(explaining as never, null, 90);
    const touched = [...plan.matchAll(/"Relation Name":"event"[^}]*?"Actual Rows":(\d+)/g)];
    // For each project, on the average of those with events and without.
    expect(touched).toHaveLength(1);
    expect(Number(touched[0]![1])).toBeLessThanOrEqual(1);
    expect(plan).toContain('event_project_id_timestamp_index');
    await rows('delete from group_ where id = $1', [id]);
  });

  test('deletes hourly counts that nothing shows any more', async () => {
    const { id } = await issue();
    await rows(
      `insert into group_hour (group_id, hour, count)
       select $1, date_trunc('hour', now() - interval '31 days', 'UTC') - make_interval(hours => n), 1
         from generate_series(-2, 5100) n`,
      [id],
    );
    await tidy();
    expect(await rows('select count from group_hour where group_id = $1', [id])).toHaveLength(3);
    await rows('delete from group_ where id = $1', [id]);
  });

  test('deletes operations that finished long ago, and leaves what waits', async () => {
    await rows(
      `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status, finished_at)
       select ('0180' || lpad(to_hex(n), 28, '0'))::uuid, $1, 'old@1', 'release.update', '{}', '{}', '', '{}',
              case when n > 3 then 'pending' else 'done' end,
              case when n > 3 then null else now() - interval '31 days' end
         from generate_series(1, 4) n`,
      [bench.slipway.tenant.organizationId],
    );
    expect(await tidy()).toMatchObject({ operations: 3 });
    expect(await rows("select status from operation where release_version = 'old@1'")).toEqual([
      { status: 'pending' },
    ]);
    await rows("delete from operation where release_version = 'old@1'");
    expect(await tidy()).toMatchObject({ operations: 0 });
  });

  test('forgets what writes answered after seven days, and not before', async () => {
    await rows(
      `insert into idempotent_answer (principal, key, request_hash, claim, status, created_at)
       select 'user:1', n, '', gen_random_uuid(), 204,
              now() - make_interval(days => 7, mins => case when n <= 1_200 then 1 else -1 end)
         from generate_series(1, 1_210) n`,
    );
    expect(await tidy()).toMatchObject({ answers: 1_200 });
    expect(await tidy()).toMatchObject({ answers: 0 });
    expect(await rows('delete from idempotent_answer returning key')).toHaveLength(10);
  });

  test('an issue that somebody deletes is gone at once, its rows a pass later; its events begin anew', async () => {
    const first = await issue({ user: { id: 1 }, release: 'gone@1.0.0' });
    await call('PUT', `${ISSUES}${first.id}/`, { status: 'ignored', hasSeen: true });
    expect((await call('DELETE', `${ISSUES}${first.id}/`)).status).toBe(202);
    expect((await call('GET', `${ISSUES}${first.id}/`)).status).toBe(404);
    expect((await call('DELETE', `/api/0/issues/${first.id}/`)).status).toBe(404);
    const again = await web.send(exceptionEvent(first.type));
    const [{ group_id: second }] = await rows('select group_id from event where event_id = $1', [
      again,
    ]);
    expect(second).not.toBe(first.id);
    expect(await tidy()).toMatchObject({ removed: 1 });
    for (const table of [
      'event',
      'group_hour',
      'group_user',
      'group_seen',
      'activity',
      'group_history',
    ]) {
      expect(await rows(`select from ${table} where group_id = $1`, [first.id]), table).toEqual([]);
    }
    expect(await status(first.id)).toBeUndefined();
    expect(await status(second)).toBe('unresolved');
  });

  test('resolves issues that nobody had for as long as the project says', async () => {
    const [old, young, ignored] = await Promise.all([issue(), issue(), issue()]);
    await call('PUT', `${ISSUES}${ignored.id}/`, { status: 'ignored' });
    const set = await call('PUT', '/api/0/projects/acme/web/', { resolveAge: 48 });
    expect(set.status, set.text).toBe(200);
    await rows(
      `update group_ set last_seen = now() - interval '49 hours', active_at = now() - interval '49 hours'
        where id = any($1)`,
      [[old.id, ignored.id]],
    );
    expect(await tidy()).toMatchObject({ events: 0, removed: 0, resolved: 1 });
    expect(await Promise.all([old, young, ignored].map(({ id }) => status(id)))).toEqual([
      'resolved',
      'unresolved',
      'ignored',
    ]);
    const { body } = await call('GET', `${ISSUES}${old.id}/`);
    expect(body.activity[0]).toMatchObject({ type: 'set_resolved_by_age', data: { age: 48 } });
    const history = await call('GET', `/api/slipway/v1/issues/${old.id}/history`);
    expect(history.body[0]).toMatchObject({ status: 'auto_resolved' });
    expect(await rows('select from group_inbox where group_id = $1', [old.id])).toEqual([]);
    await web.send(exceptionEvent(old.type));
    expect(await status(old.id)).toBe('unresolved');
    await call('PUT', '/api/0/projects/acme/web/', { resolveAge: 0 });
  });
});

test('a long pass moves on by results: an attempt that runs out of time says where the next one goes on', async () => {
  let clock = 0;
  const beats: unknown[] = [];
  const seen: (string | null)[] = [];
  const attempt = (cursor: string | null) =>
    inChunks(
      { cursor },
      (beat) => beats.push(beat),
      (at) => {
        seen.push(at);
        clock += 15_000;
        const next = Number(at ?? 0) + 1;
        return Promise.resolve({ rows: 10, cursor: next < 5 ? String(next) : null });
      },
      () => clock,
    );
  expect(await attempt(null)).toEqual({ rows: 30, cursor: '3' });
  expect(await attempt('3')).toEqual({ rows: 20, cursor: null });
  expect(seen).toEqual([null, '1', '2', '3', '4']);
  expect(beats).toHaveLength(5);
});

test('both have schedules that say what they are for, and a trigger runs a pass', async () => {
  const { client } = bench.slipway.temporal;
  await ensureSchedules(client);
  const { id } = await issue();
  await call('PUT', `${ISSUES}${id}/`, { status: 'ignored', ignoreDuration: 1 });
  await rows('update group_snooze set until = now() where group_id = $1', [id]);
  for (const [scheduleId, everyMs] of [
    ['expire-resolutions', 60_000],
    ['retention', 3_600_000],
  ] as const) {
    const schedule = client.schedule.getHandle(scheduleId);
    const { spec, policies, action } = await schedule.describe();
    expect(spec.intervals).toMatchObject([{ every: everyMs }]);
    expect(policies.overlap).toBe('SKIP');
    expect(action.staticSummary).toMatch(/^\w.{20,}/);
    await schedule.trigger();
    await eventually(async () =>
      (await schedule.describe()).info.numActionsTaken > 0 ? true : undefined,
    );
  }
  await eventually(async () => ((await status(id)) === 'unresolved' ? true : undefined));
});
