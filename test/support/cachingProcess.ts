import { expect, vi } from 'vitest';
import { createCaches, type Caches } from '../../api/createCaches.ts';
import { createPool, type Pool } from '../../db/pool.ts';
import { createLogger } from '../../infra/logger.ts';
import { createMetrics, type Metrics } from '../../infra/metrics.ts';

export type CachingProcess = Readonly<{
  pool: Pool;
  caches: Caches;
  metrics: Metrics;
  close: () => Promise<void>;
}>;

/** Pool and caches as a process of the API has them. */
export async function startCachingProcess(
  databaseUrl: string,
  redisUrl: string,
): Promise<CachingProcess> {
  const pool = createPool({
    databaseUrl,
    applicationName: 'test',
    max: 10,
    statementTimeoutMs: 10_000,
    onError: () => undefined,
    onChange: (change) => caches.changed(change),
  });
  const metrics = createMetrics();
  const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'silent');
  const caches = createCaches({ databaseUrl, redisUrl }, pool, logger, metrics);
  await vi.waitFor(() => expect(caches.shared.isUsable()).toBe(true), { timeout: 10_000 });
  return {
    pool,
    caches,
    metrics,
    close: async () => {
      await caches.close();
      await pool.end();
    },
  };
}
