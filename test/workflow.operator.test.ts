import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { nudgeSignal, resumeSignal, stateQuery } from '../workflows/messages.ts';
import { slipwayState } from '../workflows/searchAttributes.ts';
import { eventually, useActorBench } from './support/actor.ts';

/**
 * What an operator does to a release, and what the actor does when work fails:
 *   1. pause: commands wait and their callers are told at once; it lasts through idle time, many commands and runs
 *   2. resume applies what waits; a nudge looks into the mailbox; pausing twice is pausing once
 *   3. cancel and terminate end the run, also with callers waiting; the next command starts a new one
 *   4. a poisonous operation ends with its own error, alone; a bulky one as well
 *   5. an operation that fails for a reason that is not its own stays pending, for an hour at most
 *   6. a failing pass: whoever waits is told, the reason is shown, the actor tries again by itself
 */
const bench = useActorBench({ SLIPWAY_WRITE_WAIT_MS: '4000' });
const releases = '/api/0/organizations/acme/releases/';
const create = (version: string) =>
  bench.slipway.call('POST', releases, { body: { version, projects: ['web'] } });
const deploy = (version: string, name: string) =>
  bench.slipway.call('POST', `${releases}${version}/deploys/`, {
    body: { environment: 'prod', name },
  });
const state = (version: string) => bench.handle(version).query(stateQuery);

const putCommits = (version: string) =>
  bench.slipway.call('PUT', `${releases}${version}/`, {
    body: { commits: [{ id: 'c'.repeat(40), repository: 'acme/web', message: 'one' }] },
  });

describe('a paused release', () => {
  test('answers its callers at once, outlives idle time and runs, and applies everything when resumed', async () => {
    await bench.startWorker();
    await bench.startActor('paused', { idleMs: 1, maxEvents: 30 });
    await create('paused');
    await bench.pause('paused');
    const firstRun = (await bench.handle('paused').describe()).runId;
    const began = Date.now();
    for (let index = 0; index < 12; index += 1) {
      expect((await deploy('paused', `d${index}`)).status).toBe(202);
    }
    expect(Date.now() - began).toBeLessThan(3_000);
    const described = await bench.handle('paused').describe();
    expect(described.status.name).toBe('RUNNING');
    expect(described.runId).not.toBe(firstRun);
    expect(described.typedSearchAttributes.get(slipwayState)).toBe('paused');
    expect(await state('paused')).toMatchObject({ paused: true, revision: 1 });
    expect(await bench.release('paused')).toMatchObject({ deploys: 0 });

    await bench.handle('paused').signal(resumeSignal);
    await bench.settled('paused');
    expect(await bench.release('paused')).toMatchObject({ deploys: 12, applied_revision: 13 });
    expect((await deploy('paused', 'after')).status).toBe(201);
  });

  test('sits still: the idle timer that was set before the pause is the last one', async () => {
    await bench.startWorker();
    await bench.startActor('still', { idleMs: 2_000 });
    // A pause that came with the start would find no timer set.
    await eventually(async () => {
      const { events: all } = await bench.handle('still').fetchHistory();
      return all?.some((event) => event.timerStartedEventAttributes) === true ? true : undefined;
    });
    await bench.pause('still');
    const events = await eventually(async () => {
      const { events: all } = await bench.handle('still').fetchHistory();
      const fired = all?.findIndex((event) => event.timerFiredEventAttributes) ?? -1;
      const after = all?.slice(fired + 1) ?? [];
      const isHandled = after.some((event) => event.workflowTaskCompletedEventAttributes);
      return fired >= 0 && isHandled ? after : undefined;
    });
    expect(events.filter((event) => event.timerStartedEventAttributes)).toEqual([]);
    expect(await state('still')).toMatchObject({ paused: true });
  });

  test('is stopped in mid-pass after the activity in progress, and callers in wait are told', async () => {
    const { reached, gate } = await bench.startGatedWorker();
    await bench.startActor('halted', { bulkSize: 0 });
    await create('halted');
    const commits = putCommits('halted');
    await reached;
    const deployed = deploy('halted', 'one');
    await eventually(async () =>
      (await bench.operations('halted')).length === 3 ? true : undefined,
    );
    await bench.pause('halted');
    expect((await commits).status).toBe(202);
    expect((await deployed).status).toBe(202);
    gate.resolve(null);
    await eventually(async () => ((await state('halted')).current === null ? true : undefined));
    expect(await bench.operations('halted')).toMatchObject([
      { status: 'done' },
      { status: 'done' },
      { status: 'pending' },
    ]);
    await bench.handle('halted').signal(resumeSignal);
    await bench.settled('halted');
    expect(await bench.release('halted')).toMatchObject({ commits: 1, deploys: 1 });
  });
});

test('a nudge applies what was stored without a drain, and the state says what was done', async () => {
  await bench.startWorker();
  await create('nudged');
  await bench.store(bench.operation('nudged', 'deploy'));
  await bench.handle('nudged').signal(nudgeSignal);
  await bench.settled('nudged');
  expect(
    await eventually(async () =>
      (await state('nudged')).current === null ? state('nudged') : undefined,
    ),
  ).toEqual({
    revision: 2,
    waiting: 0,
    current: null,
    paused: false,
    lastError: null,
  });
});

describe('an operator ends the run', () => {
  test.each(['cancel', 'terminate'] as const)(
    '%s of a release at rest, and the next command starts a new run',
    async (end) => {
      await bench.startWorker();
      await create(`rest-${end}`);
      const handle = bench.handle(`rest-${end}`);
      const { runId } = await handle.describe();
      await handle[end]();
      await expect(handle.result()).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe(
        end === 'cancel' ? 'CANCELLED' : 'TERMINATED',
      );
      expect((await deploy(`rest-${end}`, 'next')).status).toBe(201);
      expect((await handle.describe()).runId).not.toBe(runId);
    },
  );

  test.each([
    { end: 'cancel', kind: 'local', bulkSize: 2_000 },
    { end: 'cancel', kind: 'regular', bulkSize: 0 },
    { end: 'terminate', kind: 'local', bulkSize: 2_000 },
    { end: 'terminate', kind: 'regular', bulkSize: 0 },
  ] as const)(
    '$end during a $kind activity with callers in wait, who are answered by the next run',
    async ({ end, kind, bulkSize }) => {
      const { reached, gate } = await bench.startGatedWorker();
      const version = `busy-${end}-${kind}`;
      await bench.startActor(version, { bulkSize });
      await create(version);
      const commits = putCommits(version);
      await reached;
      const deployed = deploy(version, 'one');
      await bench.handle(version)[end]();
      gate.resolve(null);
      expect((await commits).status).toBe(200);
      expect((await deployed).status).toBe(201);
      expect(await bench.release(version)).toMatchObject({
        applied_revision: 3,
        commits: 1,
        deploys: 1,
      });
    },
  );
});

describe('a poisonous operation', () => {
  /** Refuses rows the way a bug or a broken constraint would: permanently, from inside the transaction. */
  async function poison(table: string, condition: string): Promise<void> {
    await bench.slipway.pool.query(`
      create or replace function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'poison'; end $$;
      create trigger poison before insert on ${table} for each row when (${condition}) execute function refuse()`);
  }

  test('answers 500 with an error id, and its neighbours in the same run are applied', async () => {
    await bench.startWorker();
    await poison('deploy', "new.name = 'poison'");
    await create('poisoned');
    await bench.pause('poisoned');
    const waiting: string[] = [];
    for (const name of ['one', 'poison', 'two']) {
      waiting.push((await deploy('poisoned', name)).headers.get('location')!);
    }
    await bench.handle('poisoned').signal(resumeSignal);
    const operations = await bench.settled('poisoned');
    expect(operations.map(({ status }) => status)).toEqual(['done', 'done', 'failed', 'done']);
    expect(await bench.release('poisoned')).toMatchObject({ deploys: 2, applied_revision: 3 });
    const shown = await bench.slipway.call('GET', new URL(waiting[1]!).pathname);
    expect(shown.body).toMatchObject({
      status: 'failed',
      outcome: null,
      error: { status: 500 },
    });
    expect(JSON.stringify(shown.body.error)).toContain('Internal Error');

    const direct = await deploy('poisoned', 'poison');
    expect(direct.status).toBe(500);
    expect(direct.body).toEqual({ detail: 'Internal Error', errorId: expect.any(String) });
    expect((await deploy('poisoned', 'three')).status).toBe(201);
    expect(await state('poisoned')).toMatchObject({ lastError: null });
  });

  test('with a big commit list fails in its chunks, and the release goes on behind it', async () => {
    await bench.startWorker();
    await poison('commit', "new.message = 'poison'");
    await bench.startActor('bulky', { bulkSize: 0 });
    await create('bulky');
    const put = (message: string) =>
      bench.slipway.call('PUT', `${releases}bulky/`, {
        body: { commits: [{ id: 'd'.repeat(40), repository: 'acme/web', message }] },
      });
    expect((await put('poison')).status).toBe(500);
    expect((await put('good')).status).toBe(200);
    expect(await bench.release('bulky')).toMatchObject({ commits: 1 });
  });
});

describe('an operation that fails for a reason that is not its own', () => {
  test('waits while schema and code do not fit, as in the middle of a deployment', async () => {
    await bench.startWorker();
    const mailbox = bench.mailbox({ waitMs: 500 });
    await mailbox.submit(bench.operation('migrating', 'create'), 'acme');
    await bench.slipway.pool.query('alter table activity rename to activity_away');
    const { outcome } = await mailbox.submit(bench.operation('migrating', 'deploy'), 'acme');
    expect(outcome).toBeNull();
    expect((await bench.operations('migrating'))[1]).toMatchObject({
      status: 'pending',
      last_error: expect.stringContaining('activity'),
    });
    await bench.slipway.pool.query('alter table activity_away rename to activity');
    await bench.settled('migrating');
    expect(await bench.release('migrating')).toMatchObject({ applied_revision: 2, deploys: 1 });
  });

  test('is given up when it has failed for an hour, and holds nobody up for longer', async () => {
    await bench.startWorker();
    await create('hopeless');
    await bench.slipway.pool.query(`
      create function unlucky() returns trigger language plpgsql as
        $$ begin raise exception 'again' using errcode = '40001'; end $$;
      create trigger unlucky before insert on deploy for each row when (new.name = 'unlucky') execute function unlucky()`);
    const body = bench.operation('hopeless', 'deploy').body;
    const unlucky = bench.operation('hopeless', 'deploy');
    await bench.store({
      ...unlucky,
      body: { recordDeploys: { ...body.recordDeploys!, name: 'unlucky' } },
    });
    await bench.store(bench.operation('hopeless', 'deploy'));
    await bench.slipway.pool.query(
      `update operation set created_at = now() - interval '61 minutes', attempts = 20 where id = $1`,
      [unlucky.id],
    );
    await bench.handle('hopeless').signal(nudgeSignal);
    expect(await bench.settled('hopeless')).toMatchObject([
      { status: 'done' },
      { status: 'failed', outcome: { status: 500 }, last_error: 'again' },
      { status: 'done' },
    ]);
  });
});

test('a failing pass tells its callers, shows its reason, and is tried again until it works', async () => {
  let failures = 2;
  await bench.startWorker({
    failpoints: (activities) => ({
      nextOperations: async (query) => {
        if (query.release.version === 'failing' && failures > 0) {
          failures -= 1;
          throw ApplicationFailure.nonRetryable('the database is on holiday', 'PermanentError');
        }
        return activities.nextOperations(query);
      },
    }),
  });
  await bench.startActor('failing', { idleMs: 1 });
  await eventually(async () => ((await state('failing')).lastError === null ? undefined : true));
  const began = Date.now();
  const answer = await create('failing');
  expect(answer.status).toBe(202);
  expect(Date.now() - began).toBeLessThan(2_000);
  expect(await state('failing')).toMatchObject({ lastError: 'the database is on holiday' });
  const details = await bench
    .handle('failing')
    .query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(details.currentDetails).toContain('the database is on holiday');

  await bench.settled('failing');
  expect(await bench.release('failing')).toMatchObject({ applied_revision: 1 });
  await eventually(async () => ((await state('failing')).lastError === null ? true : undefined));
});
