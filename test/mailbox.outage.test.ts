import { describe, expect, test } from 'vitest';
import { ActorBench, useActorBench } from './support/actor.ts';
import { openGate } from './support/gate.ts';
import { useSlipway, type TestSlipway } from './support/slipway.ts';

/**
 * A part is down and pipelines go on:
 *   1. no worker: 202 for every step of a pipeline; a worker that comes later applies all of it in order, by itself
 *   2. Temporal unreachable: 202 as well; applied by another API process's next command, or by the reconciler
 *   3. Postgres gone from the worker's sight: operations stay pending and are applied when it is back
 */
const releases = '/api/0/organizations/acme/releases/';

/** create, commits, deploy, finalize: what a CI job sends, each as its client would after a 202. */
async function pipeline(slipway: TestSlipway, version: string) {
  const path = `${releases}${encodeURIComponent(version)}/`;
  return [
    await slipway.call('POST', releases, { body: { version, projects: ['web', 'api'] } }),
    await slipway.call('PUT', path, {
      body: { commits: [{ id: 'a'.repeat(40), repository: 'acme/web', message: 'one' }] },
    }),
    await slipway.call('POST', `${path}deploys/`, { body: { environment: 'prod' } }),
    await slipway.call('PUT', path, { body: { dateReleased: '2026-01-01T00:00:00Z' } }),
  ];
}

const acceptedOnly = [202, 202, 202, 202];
const appliedPipeline = {
  applied_revision: 4,
  commits: 1,
  deploys: 1,
  date_released: expect.stringContaining('2026-01-01'),
};

describe('without a worker', () => {
  const bench = useActorBench({ SLIPWAY_WRITE_WAIT_MS: '300' });

  test('a whole pipeline is accepted, and a worker that comes later applies it in order by itself', async () => {
    const { slipway } = bench;
    const began = Date.now();
    const answers = await pipeline(slipway, 'waits@1');
    expect(Date.now() - began).toBeLessThan(4 * 1_000);
    expect(answers.map(({ status }) => status)).toEqual(acceptedOnly);
    // What the clients parse before they go on.
    const release = { version: 'waits@1', dateCreated: expect.any(String) };
    const deploy = { environment: 'prod', id: expect.any(String) };
    expect(answers.map(({ body }) => body)).toMatchObject([release, release, deploy, release]);
    for (const { headers } of answers) {
      expect(headers.get('location')).toMatch(/\/api\/slipway\/v1\/operations\/[\da-f-]{36}$/);
    }
    const operationPath = new URL(answers[2]!.headers.get('location')!).pathname;
    const waiting = await slipway.call('GET', operationPath);
    expect(waiting.body).toMatchObject({ status: 'pending', outcome: null, error: null });

    await bench.startWorker();
    const operations = await bench.settled('waits@1');
    expect(operations.map(({ status }) => status)).toEqual(Array(4).fill('done'));
    expect(await bench.release('waits@1')).toMatchObject(appliedPipeline);
    const done = await slipway.call('GET', operationPath);
    expect(done.body).toMatchObject({
      status: 'done',
      release: 'waits@1',
      outcome: { status: 201, body: { environment: 'prod' } },
      error: null,
      finishedAt: expect.any(String),
    });
  });

  test('a keyed write that was answered 202 is answered with its outcome when it is sent again', async () => {
    const { slipway } = bench;
    const send = () =>
      slipway.call('POST', releases, {
        headers: { 'Idempotency-Key': 'again-after-202' },
        body: { version: 'keyed', projects: ['web'] },
      });
    expect((await send()).status).toBe(202);
    expect((await send()).status).toBe(202);
    await bench.startWorker();
    await bench.settled('keyed');
    expect((await send()).status).toBe(201);
    expect(await bench.operations('keyed')).toHaveLength(1);
  });
});

describe('without Temporal', () => {
  const lost = useSlipway({
    worker: false,
    temporalAddress: '127.0.0.1:1',
    environment: { SLIPWAY_WRITE_WAIT_MS: '300' },
  });

  test('a pipeline is accepted in time, and any later command of the release applies it', async () => {
    const began = Date.now();
    const answers = await pipeline(lost, 'dark@1');
    expect(Date.now() - began).toBeLessThan(4 * 1_000);
    expect(answers.map(({ status }) => status)).toEqual(acceptedOnly);

    const bench = new ActorBench(lost);
    try {
      await bench.startWorker();
      const { outcome } = await bench
        .mailbox()
        .submit(bench.operation('dark@1', 'finalize'), 'acme');
      expect(outcome).toMatchObject({ status: 200 });
      // The command came last, so everything in front of it is applied.
      expect((await bench.operations('dark@1')).map(({ status }) => status)).toEqual(
        Array(5).fill('done'),
      );
      expect(await bench.release('dark@1')).toMatchObject({
        ...appliedPipeline,
        applied_revision: 5,
      });
    } finally {
      await bench.stopWorkers();
    }
  });

  test('what nobody asks about again is applied by the reconciler', async () => {
    const answers = await pipeline(lost, 'dark@2');
    expect(answers.map(({ status }) => status)).toEqual(acceptedOnly);
    const bench = new ActorBench(lost);
    try {
      await bench.startWorker();
      const activities = bench.activities(lost.pool);
      expect(await activities.nudgeStaleReleases()).toEqual({ nudged: 0 });
      await lost.pool.query(`update operation set created_at = created_at - interval '31 seconds'`);
      expect(await activities.nudgeStaleReleases()).toEqual({ nudged: 1 });
      await bench.settled('dark@2');
      expect(await bench.release('dark@2')).toMatchObject(appliedPipeline);
    } finally {
      await bench.stopWorkers();
    }
  });
});

describe('while the API loses its connections', () => {
  const bench = useActorBench();

  test('a write whose first attempt was stored without an answer is stored once and answered', async () => {
    await bench.startWorker();
    const mailbox = bench.mailbox();
    await mailbox.submit(bench.operation('echo', 'create'), 'acme');
    const operation = bench.operation('echo', 'deploy');
    await bench.store(operation);
    const { outcome } = await mailbox.submit(operation, 'acme');
    expect(outcome).toMatchObject({ status: 201 });
    expect(await bench.operations('echo')).toHaveLength(2);
  });

  test('connections that broke while idle cost no write its answer', async () => {
    await bench.startWorker();
    expect(
      (await bench.slipway.call('POST', releases, { body: { version: 'cut', projects: ['web'] } }))
        .status,
    ).toBe(201);
    await bench.slipway.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    );
    const deploys = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        bench.mailbox().submit(bench.operation('cut', index % 2 ? 'deploy' : 'finalize'), 'acme'),
      ),
    );
    expect(deploys.filter(({ outcome }) => outcome === null)).toEqual([]);
    expect(await bench.release('cut')).toMatchObject({ applied_revision: 9, deploys: 4 });
  });
});

describe('while the worker cannot reach Postgres', () => {
  const bench = useActorBench({ SLIPWAY_WRITE_WAIT_MS: '1000' });

  test('operations stay pending without an error of theirs, and are applied when it is back', async () => {
    const gate = await openGate(bench.databaseUrl);
    try {
      await bench.startWorker({ databaseUrl: gate.url });
      expect(
        (
          await bench.slipway.call('POST', releases, {
            body: { version: 'gate@1', projects: ['web'] },
          })
        ).status,
      ).toBe(201);
      gate.shut();
      const during = await pipeline(bench.slipway, 'gate@1');
      expect(during.map(({ status }) => status)).toEqual(acceptedOnly);
      expect(await bench.operations('gate@1')).toMatchObject([
        { status: 'done' },
        ...Array(4).fill({ status: 'pending', outcome: null }),
      ]);
      gate.open();
      await bench.settled('gate@1');
      expect(await bench.release('gate@1')).toMatchObject({
        ...appliedPipeline,
        applied_revision: 5,
      });
      expect((await bench.handle('gate@1').describe()).status.name).toBe('RUNNING');
    } finally {
      await bench.stopWorkers();
      await gate.close();
    }
  });
});
