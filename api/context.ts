import type { Config } from '../infra/config.ts';
import type { Logger } from '../infra/logger.ts';
import type { EventRelay } from '../db/outbox/eventRelay.ts';
import type { Pool } from '../db/pool.ts';
import type { Metrics } from '../infra/metrics.ts';
import type { Caches } from './createCaches.ts';
import type { Lookups } from './access/lookups.ts';
import type { TokenUse } from './access/tokenUse.ts';
import type { Deletions } from './deletions.ts';
import type { Mailbox } from './mailbox/mailbox.ts';
import type { Deliveries } from './deliveries.ts';
import type { Fetches } from './fetches.ts';
import type { Health } from './health.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { InternalClient } from './internal/internalClient.ts';
import type { RateLimiter } from '../infra/limits/rateLimiter.ts';
import type { SnowflakeSequence } from '../infra/snowflakeSequence.ts';
import type { Views } from './mailbox/views.ts';

/** Everything a route may use, built once in main.ts; tests build their own. */
export type AppContext = Readonly<{
  config: Config;
  pool: Pool;
  logger: Logger;
  metrics: Metrics;
  caches: Caches;
  lookups: Lookups;
  tokenUse: TokenUse;
  /** Null unless limits are set. */
  limiter: RateLimiter | null;
  deletions: Deletions;
  mailbox: Mailbox;
  views: Views;
  fetches: Fetches;
  deliveries: Deliveries;
  health: Health;
  ingest: Ingest;
  /** Endpoints as other endpoints call them. */
  internal: InternalClient;
  outbox: EventRelay;
  snowflakes: SnowflakeSequence;
}>;
