import { ApplicationFailure } from '@temporalio/common';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { RunInput, RunResult } from '../activities/release/releaseActivities.ts';
import type { ReleaseStep } from '../domain/operation.ts';
import { activityAttempt, useActorBench } from './support/actor.ts';
import { startFixtureWorker } from './support/fixtureWorker.ts';

/**
 * Work that is done twice has one effect:
 *   1. a worker is killed between the commit of an activity and its completion
 *   2. an activity fails after its commit
 *   3. five attempts of one run at the same time against Postgres, as after timeouts of attempts that still run
 */
const bench = useActorBench();

test('a worker killed after the commit and before its completion leaves one deploy, and the caller hears of it', async () => {
  const child = await startFixtureWorker('crashingWorker.ts', bench.slipway);
  const exited = once(child, 'exit');
  const mailbox = bench.mailbox({ waitMs: 20_000 });
  await mailbox.submit(bench.operation('killed', 'create'), 'acme');
  const deployed = mailbox.submit(bench.operation('killed', 'deploy'), 'acme');
  expect(await exited).toEqual([null, 'SIGKILL']);

  await bench.startWorker();
  expect((await deployed).outcome).toMatchObject({ status: 201 });
  expect(await bench.release('killed')).toMatchObject({ applied_revision: 2, deploys: 1 });
});

test('an activity that fails after its commit is tried again without an effect', async () => {
  const calls = new Map<string, number>();
  await bench.startWorker({
    failpoints: (activities) =>
      Object.fromEntries(
        (['createRelease', 'recordDeploys', 'setCommits', 'updateRelease'] as const).map((step) => [
          step,
          async (input: never) => {
            const result = await activities[step](input);
            const call = (calls.get(step) ?? 0) + 1;
            calls.set(step, call);
            if (call === 1) throw ApplicationFailure.create({ message: 'lost', type: 'Lost' });
            return result;
          },
        ]),
      ),
  });
  const mailbox = bench.mailbox();
  for (const kind of ['create', 'deploy', 'commits', 'finalize'] as const) {
    const { outcome } = await mailbox.submit(bench.operation('retried', kind), 'acme');
    expect(outcome).toMatchObject({ status: expect.toBeOneOf([200, 201]) });
  }
  expect([...calls.values()]).toEqual([2, 2, 2, 2]);
  expect(await bench.release('retried')).toMatchObject({
    applied_revision: 4,
    deploys: 1,
    commits: 1,
  });
});

test.each(['create', 'deploy', 'commits', 'finalize'] as const)(
  'five attempts of one %s at the same time have one effect',
  async (kind) => {
    const version = `zombie-${kind}`;
    const pool = bench.pool();
    const activities = bench.activities(pool);
    const attempt = (step: ReleaseStep, input: RunInput): Promise<RunResult> =>
      activityAttempt({ isLocal: true }).run(activities[step], input);
    if (kind !== 'create') {
      await attempt('createRelease', await bench.store(bench.operation(version, 'create')));
    }
    const operation = bench.operation(version, kind);
    const input = await bench.store(operation);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => attempt(operation.steps[0]!, input)),
    );
    await pool.end();
    expect(results.map(({ applied }) => applied).toSorted()).toEqual([0, 0, 0, 0, 1]);
    expect(await bench.release(version)).toMatchObject({
      applied_revision: kind === 'create' ? 1 : 2,
      deploys: kind === 'deploy' ? 1 : 0,
    });
    expect((await bench.operations(version)).at(-1)).toMatchObject({ status: 'done', attempts: 1 });
  },
);
