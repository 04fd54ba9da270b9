import { afterAll, expect, test } from 'vitest';
import type { reconcile } from '../workflows/reconcile.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import { ensureSchedules } from '../worker/schedules.ts';
import { eventually, useActorBench } from './support/actor.ts';

/**
 * The safety net under the mailbox:
 *   1. one pass wakes every release with operations older than half a minute, and leaves the others alone
 *   2. a release that cannot be woken does not keep the others waiting
 *   3. schedules: creating them again changes nothing, an operator's pause stays, a trigger runs one pass
 */
const bench = useActorBench();
const scheduleIds = ['reconcile', 'schedule-resyncs', 'expire-resolutions', 'retention'];

afterAll(async () => {
  const { client } = bench.slipway.temporal;
  for (const id of scheduleIds) await client.schedule.getHandle(id).delete();
});

async function storeStale(version: string): Promise<void> {
  for (const kind of ['create', 'deploy'] as const) {
    await bench.store(bench.operation(version, kind));
  }
  await bench.slipway.pool.query(
    `update operation set created_at = now() - interval '31 seconds' where release_version = $1`,
    [version],
  );
}

test('a pass wakes releases whose operations have waited for too long, and only those', async () => {
  await storeStale('stale-1');
  await storeStale('stale-2');
  await bench.store(bench.operation('fresh', 'create'));
  await bench.startWorker();
  const { client } = bench.slipway.temporal;
  const result = await client.workflow.execute<typeof reconcile>('reconcile', {
    workflowId: `reconcile-${bench.slipway.tenant.organizationId}`,
    taskQueue: releaseTaskQueue,
  });
  expect(result).toMatchObject({ nudged: 2 });
  for (const version of ['stale-1', 'stale-2']) {
    await bench.settled(version);
    expect(await bench.release(version)).toMatchObject({ applied_revision: 2, deploys: 1 });
  }
  expect(await bench.operations('fresh')).toMatchObject([{ status: 'pending' }]);
});

test('a release that cannot be woken does not keep those behind it from being woken', async () => {
  // Longer than a workflow id may be; the API refuses such versions.
  await storeStale('x'.repeat(1_100));
  await storeStale('behind');
  await bench.startWorker();
  const activities = bench.activities(bench.slipway.pool);
  expect(await activities.nudgeStaleReleases()).toMatchObject({ nudged: 1 });
  await bench.settled('behind');
  await bench.slipway.pool.query('delete from operation where length(release_version) > 1000');
});

test('schedules are there after each start, an operator’s pause stays, and a trigger runs a pass', async () => {
  const { client } = bench.slipway.temporal;
  await ensureSchedules(client);
  const schedule = client.schedule.getHandle('reconcile');
  await schedule.pause('looking into it');
  await Promise.all([ensureSchedules(client), ensureSchedules(client)]);
  const described = await schedule.describe();
  expect(described.state).toMatchObject({ paused: true, note: 'looking into it' });
  expect(described.policies.overlap).toBe('SKIP');
  expect(described.spec.intervals).toMatchObject([{ every: 60_000 }]);

  await storeStale('scheduled');
  await bench.startWorker();
  await schedule.trigger();
  await bench.settled('scheduled');
  await eventually(async () => {
    const { info } = await schedule.describe();
    return info.numActionsTaken > 0 ? true : undefined;
  });
});
