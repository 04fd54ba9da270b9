import { countPending } from '../../db/events/countPending.ts';
import type { Pool } from '../../db/pool.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import type { Logger } from '../../infra/logger.ts';

/** How far the counts of issues may be behind their events for whoever does not ask this process. */
const BEHIND_MS = 250;

/** Until the next try when the database could not be used. */
const RETRY_MS = 5_000;

/** Sees to it that stored events are counted on their issues: soon, and before anybody is shown the counts. */
export class IssueCounts {
  private readonly pool: Pool;
  private readonly logger: Logger;
  private readonly passes = new Coalescer<void>();
  private pass: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private isBehind = false;

  constructor(pool: Pool, logger: Logger) {
    this.pool = pool;
    this.logger = logger;
  }

  /** Events were stored, or may be left of a process that was killed. */
  behind(countInMs = BEHIND_MS): void {
    this.isBehind = true;
    this.timer ??= setTimeout(() => void this.settle(), countInMs).unref();
  }

  /**
   * Afterwards all events are counted that this process has stored until now, and those that others left. Never fails:
   * counts that are a moment behind are better than none, and the next one tries again.
   */
  async settle(): Promise<void> {
    if (this.isBehind) await this.passes.run('', () => this.count());
    else await this.pass;
  }

  /** Counts the rest. Nothing may be stored after it. */
  async close(): Promise<void> {
    await this.settle();
    clearTimeout(this.timer);
  }

  private count(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isBehind = false;
    this.pass = countPending(this.pool).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'Issues are behind their events: they could not be counted');
      this.behind(RETRY_MS);
    });
    return this.pass;
  }
}
