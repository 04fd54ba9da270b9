import type { Redis } from 'ioredis';
import {
  encodeSnowflake,
  SNOWFLAKE_EPOCH_SECONDS,
  SNOWFLAKE_SEQUENCES,
  SNOWFLAKE_VERSION,
} from '../domain/snowflake.ts';
import type { Logger } from './logger.ts';

/** A single installation; regions 1 to 4094 are left for more of them, 4095 is what Postgres counts with. */
const REGION = 0;

/** Seconds that a burst may borrow from: 4,800 ids. A counter lives as long as somebody may still look back at it. */
const LOOKBACK_SECONDS = 300;

/** The tag in braces keeps all counters on one node of a cluster. */
const KEY_PREFIX = '{slipway:snowflake}:';

/**
 * Takes a slot of the newest second that has one. In one script, because a burst would otherwise pay a round trip for
 * every full second that it looks back. The time to live is set by whoever begins a counter.
 */
const TAKE_SLOT = `
local newest, lookback, slots = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for second = newest, newest - lookback + 1, -1 do
  local key = KEYS[1] .. second
  local count = redis.call('incr', key)
  if count == 1 then redis.call('expire', key, lookback) end
  if count <= slots then return { second, count - 1 } end
end
return {}`;

/**
 * Ids for organizations, projects and teams (groups-projects-orgs 2.3), counted in Redis. Postgres makes them instead
 * while Redis is away and when all seconds that may be looked back at are full; its region is another one, so the two
 * never meet. What is left are counters that Redis has lost and a clock set back by more than they live: an id may then
 * come twice, and the primary key refuses the second one (saveWithSnowflakeId).
 */
export class SnowflakeSequence {
  private readonly redis: Pick<Redis, 'eval'>;
  private readonly fallback: () => Promise<string>;
  private readonly logger: Logger;
  private readonly now: () => number;
  private readonly keyPrefix: string;

  constructor(
    options: Readonly<{
      redis: Pick<Redis, 'eval'>;
      /** Makes an id without Redis. */
      fallback: () => Promise<string>;
      logger: Logger;
      /** Milliseconds since 1970; the clock of the machine unless given. */
      now?: () => number;
      keyPrefix?: string;
    }>,
  ) {
    this.redis = options.redis;
    this.fallback = options.fallback;
    this.logger = options.logger;
    this.now = options.now ?? Date.now;
    this.keyPrefix = options.keyPrefix ?? KEY_PREFIX;
  }

  async next(): Promise<string> {
    const slot = await this.takeSlot();
    if (slot === null) return this.fallback();
    const [seconds, sequence] = slot;
    const id = encodeSnowflake({
      version: SNOWFLAKE_VERSION,
      unixSeconds: seconds + SNOWFLAKE_EPOCH_SECONDS,
      region: REGION,
      sequence,
    });
    return String(id);
  }

  /** Seconds since the epoch and a number within them; null when Redis has none to give. */
  private async takeSlot(): Promise<[seconds: number, sequence: number] | null> {
    const newest = Math.floor(this.now() / 1_000) - SNOWFLAKE_EPOCH_SECONDS;
    // A clock that stands before the epoch knows no second to count in.
    const lookback = Math.min(newest, LOOKBACK_SECONDS);
    if (lookback <= 0) return null;
    try {
      const slot = await this.redis.eval(
        TAKE_SLOT,
        1,
        this.keyPrefix,
        newest,
        lookback,
        SNOWFLAKE_SEQUENCES,
      );
      const [seconds, sequence] = slot as number[];
      return seconds === undefined || sequence === undefined ? null : [seconds, sequence];
    } catch (error) {
      this.logger.debug({ err: error }, 'Redis gave no id; Postgres makes one');
      return null;
    }
  }
}
