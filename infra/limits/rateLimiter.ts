import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Circuit } from '../cache/circuit.ts';
import type { Logger } from '../logger.ts';

export type RateLimits = Readonly<{
  /** Requests of one window. */
  requests: number;
  windowMs: number;
  /** Requests at the same time; null for any number. */
  concurrent: number | null;
}>;

/**
 * A slot whose process has died is free again after this. Longer than any request: a write waits for 25 seconds at most,
 * a statement for 15.
 */
const SLOT_LIFE_MS = 60_000;

/** The tag in braces keeps the two keys of a caller on one node of a cluster. */
const KEY_PREFIX = 'slipway:limit:';

/**
 * Counts a request and takes a slot, in one round trip. Whoever is over the limit of the window takes no slot
 * (groups-projects-orgs 6.5). Slots are members of a set with the time at which they are given up.
 */
const ADMIT = `
local limit, life, concurrent, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local used = redis.call('incr', KEYS[1])
if used == 1 then redis.call('pexpire', KEYS[1], life) end
if used > limit then return { used, -1, 0 } end
if concurrent < 0 then return { used, -1, 1 } end
redis.call('zremrangebyscore', KEYS[2], '-inf', now)
local running = redis.call('zcard', KEYS[2])
if running >= concurrent then return { used, running, 0 } end
redis.call('zadd', KEYS[2], now + tonumber(ARGV[6]), ARGV[5])
redis.call('pexpire', KEYS[2], ARGV[6])
return { used, running + 1, 1 }`;

export type Admission = Readonly<{
  /** What the request was refused for; null when it may go on. */
  refusal: 'requests' | 'concurrent' | null;
  remaining: number;
  /** When the next window begins, in milliseconds since 1970, and how long that is. */
  resetAt: number;
  resetInMs: number;
  concurrentRemaining: number | null;
  /** Gives the slot back; does nothing for a request that has none. */
  release: () => void;
}>;

/** Fixed windows and concurrency, counted in Redis for all processes. */
export class RateLimiter {
  readonly limits: RateLimits;
  private readonly redis: Pick<Redis, 'eval' | 'zrem'>;
  private readonly logger: Logger;
  private readonly now: () => number;
  private readonly circuit: Circuit;

  /** @param options.redis rejects within its own deadline: a request waits for it. */
  constructor(
    options: Readonly<{
      limits: RateLimits;
      redis: Pick<Redis, 'eval' | 'zrem'>;
      logger: Logger;
      /** Milliseconds since 1970; the clock of the machine unless given. */
      now?: () => number;
    }>,
  ) {
    this.limits = options.limits;
    this.redis = options.redis;
    this.logger = options.logger;
    this.now = options.now ?? Date.now;
    this.circuit = new Circuit(() => performance.now());
  }

  /** Null when nobody counts: without Redis every request goes on. */
  async admit(caller: string): Promise<Admission | null> {
    if (!this.circuit.admits()) return null;
    const { requests, windowMs, concurrent } = this.limits;
    const now = this.now();
    const window = Math.floor(now / windowMs);
    const key = `{${KEY_PREFIX}${caller}}`;
    const slot = randomUUID();
    const keys = [`${key}:${window}`, `${key}:running`];
    const words = [requests, windowMs * 2, concurrent ?? -1, now, slot, SLOT_LIFE_MS];
    const counted = await this.redis.eval(ADMIT, 2, ...keys, ...words).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'A request was not counted');
      return null;
    });
    if (!Array.isArray(counted)) {
      this.circuit.failed();
      return null;
    }
    this.circuit.succeeded();
    const [used = 0, running = 0, isAdmitted = 0] = counted as number[];
    const isOver = used > requests;
    return {
      refusal: isAdmitted === 1 ? null : isOver ? 'requests' : 'concurrent',
      remaining: Math.max(0, requests - used),
      resetAt: (window + 1) * windowMs,
      resetInMs: (window + 1) * windowMs - now,
      concurrentRemaining: concurrent === null || isOver ? null : Math.max(0, concurrent - running),
      release: () => {
        if (isAdmitted === 1 && concurrent !== null) this.giveBack(`${key}:running`, slot);
      },
    };
  }

  private giveBack(key: string, slot: string): void {
    this.redis.zrem(key, slot).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'A slot was not given back; it expires');
    });
  }
}
