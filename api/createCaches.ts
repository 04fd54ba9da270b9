import type { Redis } from 'ioredis';
import { ChangeFeed } from '../db/cache/changeFeed.ts';
import { ModelCache } from '../db/cache/modelCache.ts';
import { ProjectAccess } from '../db/cache/projectAccess.ts';
import { changedName } from '../db/models/changedName.ts';
import type { Queryable } from '../db/pool.ts';
import { SharedCache } from '../infra/cache/sharedCache.ts';
import type { Config } from '../infra/config.ts';
import type { Logger } from '../infra/logger.ts';
import type { Metrics } from '../infra/metrics.ts';
import { createRedis } from '../infra/redis.ts';

/** An answer that takes longer than this is worth less than asking Postgres. */
const REDIS_WAIT_MS = 50;

export type Caches = Readonly<{
  /** Gives up soon: for what a request waits for and can go on without. */
  redis: Redis;
  shared: SharedCache;
  models: ModelCache;
  projectAccess: ProjectAccess;
  /** A row has changed, as the triggers of migration 0014 say it. */
  changed: (change: string) => void;
  close: () => Promise<void>;
}>;

/** A connection of their own: nothing else has to wait as little. */
export function createCaches(
  { databaseUrl, redisUrl }: Pick<Config, 'databaseUrl' | 'redisUrl'>,
  db: Queryable,
  logger: Logger,
  { cacheLookUps: counted }: Pick<Metrics, 'cacheLookUps'>,
): Caches {
  const redis = createRedis(redisUrl, logger, REDIS_WAIT_MS);
  const shared = new SharedCache({ redis, logger });
  const changed = (change: string): void => shared.invalidate([changedName(change)]);
  const feed = new ChangeFeed({
    databaseUrl,
    logger,
    listener: {
      opened: (space) => shared.open(space),
      changed,
      closed: () => shared.close(),
    },
  });
  feed.start();
  return {
    redis,
    shared,
    models: new ModelCache({ db, shared, logger, counted }),
    projectAccess: new ProjectAccess({ db, shared, counted }),
    changed,
    close: async () => {
      await feed.stop();
      shared.close();
      redis.disconnect();
    },
  };
}
