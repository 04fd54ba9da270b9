import { Redis } from 'ioredis';
import type { Logger } from './logger.ts';

/** At most one line a minute: a Redis that is down would otherwise fill the log with what everybody knows. */
const LOG_INTERVAL_MS = 60_000;

const COMMAND_TIMEOUT_MS = 1_000;

/**
 * Redis is cache, counters and pub/sub (DESIGN principle 1): never a lock, never the only copy.
 * So commands fail at once while it is down instead of queueing, and whoever asked goes to Postgres.
 */
export function createRedis(
  url: string,
  logger: Logger,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: commandTimeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  let loggedAt = 0;
  redis.on('error', (error: Error) => {
    if (Date.now() - loggedAt < LOG_INTERVAL_MS) return;
    loggedAt = Date.now();
    logger.warn({ err: error }, 'Redis cannot be used; going on without it');
  });
  return redis;
}
