import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import { cacheScripts, runScript } from './cacheScripts.ts';
import { Circuit } from './circuit.ts';

/**
 * What was read is not stored after this. The longest statement takes 15 seconds; whoever has waited for longer than
 * that holds marks of a Redis that may have been replaced since.
 */
const STORE_WITHIN_MS = 20_000;

/** How often invalidations that Redis did not take are sent again. */
const RESEND_MS = 250;

/** Names in one script; and beyond this many that wait, forgetting everything is cheaper. */
const INVALIDATED_AT_ONCE = 500;
const UNSENT_MAX = 10_000;

/** A name, or a pointer: a name whose value completes the prefix of another one. */
export type CacheLookup = Readonly<{ name: string; prefix: string | null }>;

/** `target` is what a pointer leads to. */
export type CacheAnswer = Readonly<{ found: string | null; target: string | null }>;

export type CacheReading = Readonly<{
  answers: readonly CacheAnswer[];
  /** When it was read, and under which marks: only what was asked after it may be stored. */
  epoch: string;
  changes: string;
  readAt: number;
}>;

export type CacheEntry = Readonly<{ name: string; value: string; ttlMs: number }>;

/**
 * Entries that all processes share, in Redis. Whoever reads gets what is true or null, which means: ask the database.
 * It is null while Redis does not answer, while it does not know yet of what this process has invalidated, and before
 * `open`.
 */
export class SharedCache {
  private readonly redis: Pick<Redis, 'eval' | 'evalsha'>;
  private readonly logger: Logger;
  private readonly now: () => number;
  private readonly circuit: Circuit;
  private readonly processId = randomUUID();
  private prefix: string | null = null;
  private epochs = 0;
  /** Names that Redis has not confirmed, with a number that tells a second invalidation from the first. */
  private readonly unsent = new Map<string, number>();
  private invalidations = 0;
  private mustReset = false;
  private sending: Promise<void> | null = null;
  private resend: NodeJS.Timeout | undefined;

  /** @param options.redis rejects within its own deadline: nothing here waits longer than that. */
  constructor(
    options: Readonly<{
      redis: Pick<Redis, 'eval' | 'evalsha'>;
      logger: Logger;
      now?: () => number;
    }>,
  ) {
    this.redis = options.redis;
    this.logger = options.logger;
    this.now = options.now ?? (() => performance.now());
    this.circuit = new Circuit(this.now);
  }

  /**
   * From now on every change is heard of. What is stored may be older than that, so nothing of it counts any more.
   * @param space tells databases apart that share a Redis.
   */
  open(space: string): void {
    this.prefix = `{slipway:cache:${space}}:`;
    this.mustReset = true;
    this.send();
  }

  /** Changes are no longer heard of, so nothing may be read. */
  close(): void {
    this.prefix = null;
    this.stopResending();
  }

  /** Whether anything may be read: not before `open`, and not while an invalidation is on its way. */
  isUsable(): boolean {
    return this.prefix !== null && this.unsent.size === 0 && !this.mustReset;
  }

  /** How often something was invalidated: what was remembered under another number may be wrong. */
  get generation(): number {
    return this.invalidations;
  }

  async read(lookups: readonly CacheLookup[]): Promise<CacheReading | null> {
    if (!this.isUsable() || !this.circuit.admits()) return null;
    const readAt = this.now();
    const words = lookups.flatMap(({ name, prefix }) => [name, prefix ?? '']);
    const reply = await this.run('read', [this.newEpoch(), ...words]).catch(() => null);
    // Between question and answer this process may have learned of a change that Redis did not know.
    if (!Array.isArray(reply) || !this.isUsable()) return null;
    const [epoch, changes, ...found] = reply as (string | null)[];
    if (typeof epoch !== 'string' || typeof changes !== 'string') return null;
    return {
      epoch,
      changes,
      readAt,
      answers: lookups.map((_, index) => ({
        found: found[index * 2] ?? null,
        target: found[index * 2 + 1] ?? null,
      })),
    };
  }

  /** Stores what was read from the database after `reading`; a cache that cannot take it stays as it is. */
  store(reading: CacheReading, entries: readonly CacheEntry[]): void {
    if (entries.length === 0 || this.now() - reading.readAt > STORE_WITHIN_MS) return;
    if (!this.isUsable()) return;
    const words = entries.flatMap(({ name, value, ttlMs }) => [name, value, ttlMs]);
    this.run('store', [reading.epoch, reading.changes, ...words]).catch(() => undefined);
  }

  /** Forgets names, for all processes. Until Redis confirms it, this one asks the database. */
  invalidate(names: readonly string[]): void {
    this.invalidations += 1;
    for (const name of names) this.unsent.set(name, this.invalidations);
    if (this.unsent.size > UNSENT_MAX) {
      this.unsent.clear();
      this.mustReset = true;
    }
    this.send();
  }

  /** Resolves when Redis has heard of all invalidations so far, or has failed to. */
  async settled(): Promise<void> {
    await this.sending;
    // What came in as the one before ended.
    await this.sending;
  }

  private send(): void {
    if (this.sending !== null) return;
    this.stopResending();
    this.sending = this.flush().finally(() => {
      this.sending = null;
      if (this.hasNews() && this.resend === undefined) this.send();
    });
  }

  private async flush(): Promise<void> {
    try {
      while (this.hasNews()) await (this.mustReset ? this.reset() : this.sendBatch());
    } catch (error) {
      this.logger.debug({ err: error }, 'Redis did not take an invalidation; it is sent again');
      this.resend = setTimeout(() => this.send(), RESEND_MS);
      this.resend.unref();
    }
  }

  private hasNews(): boolean {
    return this.prefix !== null && (this.mustReset || this.unsent.size > 0);
  }

  private stopResending(): void {
    clearTimeout(this.resend);
    this.resend = undefined;
  }

  private async reset(): Promise<void> {
    const wanted = this.prefix;
    await this.run('reset', [this.newEpoch()]);
    // Names that came in meanwhile are older than the new epoch too, but stay: sending them once more is harmless.
    if (wanted === this.prefix) this.mustReset = false;
  }

  private async sendBatch(): Promise<void> {
    const batch = [...this.unsent].slice(0, INVALIDATED_AT_ONCE);
    await this.run(
      'invalidate',
      batch.map(([name]) => name),
    );
    for (const [name, number] of batch) {
      // Invalidated again meanwhile: what Redis has confirmed was the invalidation before.
      if (this.unsent.get(name) === number) this.unsent.delete(name);
    }
  }

  private async run(
    script: keyof typeof cacheScripts,
    words: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      const reply = await runScript(this.redis, cacheScripts[script], this.prefix ?? '', words);
      this.circuit.succeeded();
      return reply;
    } catch (error) {
      this.circuit.failed();
      throw error;
    }
  }

  /** One that nobody has used: entries of an older epoch must never be found again. */
  private newEpoch(): string {
    this.epochs += 1;
    return `${this.processId}.${this.epochs}`;
  }
}
