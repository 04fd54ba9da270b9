import { Client } from '@temporalio/client';
import { EventRelay } from '../db/outbox/eventRelay.ts';
import { createPool } from '../db/pool.ts';
import { nextSnowflake } from '../db/snowflakes.ts';
import type { Config } from '../infra/config.ts';
import type { Logger } from '../infra/logger.ts';
import { createMetrics } from '../infra/metrics.ts';
import { RateLimiter } from '../infra/limits/rateLimiter.ts';
import { createRedis } from '../infra/redis.ts';
import { SnowflakeSequence } from '../infra/snowflakeSequence.ts';
import { temporalConfig } from '../infra/temporal.ts';
import { lazyTemporalConnection } from '../infra/temporalConnection.ts';
import { createCaches } from './createCaches.ts';
import { Lookups } from './access/lookups.ts';
import { TokenUse } from './access/tokenUse.ts';
import type { AppContext } from './context.ts';
import { Deletions } from './deletions.ts';
import { Deliveries } from './deliveries.ts';
import { Fetches } from './fetches.ts';
import { Health } from './health.ts';
import { Ingest } from './ingest/ingest.ts';
import { InternalClient } from './internal/internalClient.ts';
import { Mailbox } from './mailbox/mailbox.ts';
import { ReleaseActor } from './mailbox/releaseActor.ts';
import { Views } from './mailbox/views.ts';
import { routes } from './routes/index.ts';

/** Enough for the short statements of a busy process; more would only queue inside of Postgres. */
const CONNECTIONS_MAX = 20;

/** A request that is slower than this has lost its caller anyway. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** Builds everything once. The Temporal connection is lazy: the API starts, and stores writes, without Temporal. */
export function createContext(
  config: Config,
  logger: Logger,
  temporal = temporalConfig(),
): Readonly<{ context: AppContext; close: () => Promise<void> }> {
  const pool = createPool({
    databaseUrl: config.databaseUrl,
    applicationName: 'slipway-api',
    max: CONNECTIONS_MAX,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onError: (error) => logger.warn({ err: error }, 'A database connection broke'),
    onChange: (change) => caches.changed(change),
  });
  const metrics = createMetrics();
  const caches = createCaches(config, pool, logger, metrics);
  const redis = createRedis(config.redisUrl, logger);
  const { namespace } = temporal;
  const { connection, close: closeTemporal } = lazyTemporalConnection(temporal.connectionOptions);
  const client = new Client({ connection, namespace });
  const actor = new ReleaseActor(client, config.writeWaitMs);
  const deliveries = new Deliveries(client);
  const outbox = new EventRelay({
    pool,
    logger,
    startDelivery: (delivery) => deliveries.deliverNow(delivery),
  });
  const context: AppContext = {
    config,
    pool,
    logger,
    metrics,
    caches,
    lookups: new Lookups(pool),
    tokenUse: new TokenUse(pool, logger),
    limiter:
      config.rateLimits &&
      new RateLimiter({ limits: config.rateLimits, redis: caches.redis, logger }),
    deletions: new Deletions(client, logger),
    mailbox: new Mailbox({ pool, actor, waitMs: config.writeWaitMs, logger }),
    views: new Views(pool),
    fetches: new Fetches(client),
    deliveries,
    snowflakes: new SnowflakeSequence({ redis, fallback: () => nextSnowflake(pool), logger }),
    ingest: new Ingest({ pool, metrics, outbox, logger }),
    internal: new InternalClient(routes, () => context),
    outbox,
    health: new Health({ pool, redis, connection, namespace }),
  };
  const close = async (): Promise<void> => {
    await context.ingest.counts.close();
    await caches.close();
    redis.disconnect();
    await closeTemporal();
    await pool.end();
  };
  return { context, close };
}
