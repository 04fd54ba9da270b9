// Scenarios: everything is there; the worker comes and goes; each other part cannot be reached.
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Health } from '../api/health.ts';
import { createPool } from '../db/pool.ts';
import { createLogger } from '../infra/logger.ts';
import { createRedis } from '../infra/redis.ts';
import { lazyTemporalConnection } from '../infra/temporalConnection.ts';
import { WorkerPresence } from '../infra/workerPresence.ts';
import { freePorts } from '../scripts/process/ports.ts';
import { waitUntil } from '../scripts/process/waitUntil.ts';
import { testServers } from './support/servers.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway();
const logger = createLogger('test', 'silent');

const readiness = async () => {
  const { status, body } = await slipway.call('GET', '/readyz', { token: null });
  return { status, body };
};

test('a worker that goes is missed within seconds, and there again as soon as one says so', async () => {
  const redis = createRedis(testServers().redisUrl, logger);
  const presence = new WorkerPresence(redis, slipway.temporal.namespace);
  // A worker that was killed in a file before, in the same namespace, stands announced for up to ten seconds.
  await waitUntil('nobody', async () => (await readiness()).status === 503, 15_000);
  expect(await readiness()).toEqual({
    status: 503,
    body: { status: 'not ready', missing: ['worker'] },
  });
  const leave = presence.announce(50, 500);
  await waitUntil('ready', async () => (await readiness()).status === 200, 5_000);
  expect((await readiness()).body).toEqual({ status: 'ready', missing: [] });
  leave();
  await waitUntil('missed', async () => (await readiness()).status === 503, 5_000);
  redis.disconnect();
});

test('a part that cannot be reached is named, and with Temporal the worker, and nothing else', async () => {
  const [port] = await freePorts(1);
  const nowhere = `127.0.0.1:${port}`;
  const pool = createPool({
    databaseUrl: `postgres://slipway@${nowhere}/slipway`,
    applicationName: 'test',
    max: 1,
    statementTimeoutMs: 1_000,
    onError: () => undefined,
  });
  const redis = createRedis(`redis://${nowhere}`, logger);
  const temporal = lazyTemporalConnection({ address: nowhere });
  const reachable = createRedis(testServers().redisUrl, logger);
  await once(reachable, 'ready');
  const leave = new WorkerPresence(reachable, slipway.temporal.namespace).announce();
  const missing = (other: Partial<ConstructorParameters<typeof Health>[0]>) =>
    new Health({
      pool: slipway.pool,
      redis: reachable,
      connection: slipway.temporal.connection,
      namespace: slipway.temporal.namespace,
      ...other,
    }).missing();
  await waitUntil('ready', async () => (await missing({})).length === 0, 5_000);
  expect(await missing({ pool })).toEqual(['postgres']);
  // Nobody can say now that a worker is there, and Temporal knows of one that polls.
  expect(await missing({ redis })).toEqual(['redis']);
  expect(await missing({ connection: temporal.connection })).toEqual(['temporal', 'worker']);
  leave();
  redis.disconnect();
  reachable.disconnect();
  await pool.end();
  await temporal.close();
});
