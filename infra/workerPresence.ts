import type { Redis } from 'ioredis';

/** Cheap enough to be ignored, and an operator who stops the last worker sees it before looking twice. */
const INTERVAL_MS = 3_000;

/** Three words that did not come: one may be late on a busy machine. */
const EXPIRY_MS = 10_000;

/**
 * Workers of a namespace say that they are there, because Temporal takes a worker that was killed for a poller until its
 * last poll would have returned, a minute and more. Without Redis nobody can say so, and Temporal's word has to do.
 */
export class WorkerPresence {
  private readonly redis: Redis;
  private readonly key: string;

  constructor(redis: Redis, namespace: string) {
    this.redis = redis;
    this.key = `slipway:worker:${namespace}`;
  }

  /** Says so now and again until the function that it answers is called. */
  announce(intervalMs = INTERVAL_MS, expiryMs = EXPIRY_MS): () => void {
    const say = (): void => {
      this.redis.set(this.key, '1', 'PX', expiryMs).catch(() => undefined);
    };
    // At once, or as soon as there is a connection: commands are not queued while there is none.
    if (this.redis.status === 'ready') say();
    this.redis.on('ready', say);
    const timer = setInterval(say, intervalMs);
    return () => {
      clearInterval(timer);
      this.redis.off('ready', say);
    };
  }

  /** @returns null when Redis cannot say. */
  async isAnnounced(): Promise<boolean | null> {
    return this.redis.exists(this.key).then(
      (count) => count > 0,
      () => null,
    );
  }
}
