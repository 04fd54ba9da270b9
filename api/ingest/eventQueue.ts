import type { NewEvent } from '../../db/events/newEvent.ts';
import { PlaceCache } from '../../db/events/placeCache.ts';
import { PlaceGoneError, storeEvents } from '../../db/events/storeEvents.ts';
import { classifyDatabaseError, violatedConstraint } from '../../db/pgErrors.ts';
import type { Pool } from '../../db/pool.ts';
import { unavailable } from '../../domain/errors.ts';
import { refusedKey } from './ingestKeys.ts';

/** Enough to fill a transaction with work; more only makes the first caller wait for the last. */
const BATCH_EVENTS_MAX = 250;
const BATCH_BYTES_MAX = 8 * 1024 * 1024;

/** What may wait: a few seconds of a full load. Beyond it clients do better to keep their events for a moment. */
const QUEUE_EVENTS_MAX = 5_000;
const QUEUE_BYTES_MAX = 64 * 1024 * 1024;

/** Deadlocks with other processes, releases deleted in between: gone the second time, as a rule. */
const ATTEMPTS_MAX = 4;

/** Hears of batches that are committed. */
export type EventListener = Readonly<{
  /** There may be events that are not counted on their issues yet. */
  onStored: () => void;
  /** There is something to tell in this organization. */
  onTold: (organizationId: string) => void;
}>;

type Waiting = Readonly<{
  event: NewEvent;
  /** Bytes of the payload as received. */
  size: number;
  answer: PromiseWithResolvers<null>;
}>;

/**
 * Events on their way into the database. While one batch is being written the next one gathers, so batches grow with
 * the load and a lone event waits for nothing. One batch at a time: two of one process would only queue for the same
 * hot groups.
 */
export class EventQueue {
  private readonly pool: Pool;
  private waiting: Waiting[] = [];
  private bytes = 0;
  private isRunning = false;
  private readonly places = new PlaceCache();

  private readonly listener: EventListener;

  constructor(pool: Pool, listener: EventListener) {
    this.pool = pool;
    this.listener = listener;
  }

  /**
   * Resolves when the event is committed.
   * @throws AppError unavailable when too much waits already, forbidden when its key may not be used any more.
   */
  store(event: NewEvent, size: number): Promise<null> {
    if (this.waiting.length >= QUEUE_EVENTS_MAX || this.bytes + size > QUEUE_BYTES_MAX) {
      return Promise.reject(unavailable('Too many events are waiting to be stored. Try again.'));
    }
    const answer = Promise.withResolvers<null>();
    this.waiting.push({ event, size, answer });
    this.bytes += size;
    if (!this.isRunning) {
      this.isRunning = true;
      // What arrives in the same turn of the event loop goes together.
      setImmediate(() => void this.run());
    }
    return answer.promise;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.write(this.nextBatch());
    this.isRunning = false;
  }

  private nextBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { size } of this.waiting) {
      if (count === BATCH_EVENTS_MAX || (count > 0 && bytes + size > BATCH_BYTES_MAX)) break;
      count += 1;
      bytes += size;
    }
    this.bytes -= bytes;
    return this.waiting.splice(0, count);
  }

  /** Never throws: whatever happens is the answer of those who wait. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    try {
      const refusedKeys = await this.attempt(batch.map(({ event }) => event));
      for (const { event, answer } of batch) {
        if (refusedKeys.has(event.publicKey)) answer.reject(refusedKey());
        else answer.resolve(null);
      }
    } catch (error) {
      if (batch.length === 1 || classifyDatabaseError(error) === 'connection') {
        for (const { answer } of batch) answer.reject(error);
        return;
      }
      // One event spoils it for all: halves find it in a few steps, and the others are stored.
      const middle = Math.ceil(batch.length / 2);
      await this.write(batch.slice(0, middle));
      await this.write(batch.slice(middle));
    }
  }

  /** Answers the keys whose events are refused. */
  private async attempt(events: readonly NewEvent[]): Promise<ReadonlySet<string>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { told, refusedKeys } = await storeEvents(this.pool, events, this.places);
        told.forEach(this.listener.onTold);
        return refusedKeys;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !isWorthAnotherTry(error)) throw error;
      } finally {
        // After a failure too: events of known places are committed before the others are tried.
        this.listener.onStored();
      }
    }
  }
}

function isWorthAnotherTry(error: unknown): boolean {
  if (classifyDatabaseError(error) === 'transient' || error instanceof PlaceGoneError) return true;
  // A release, environment or group was deleted after it was looked up: the next look finds or makes another.
  return violatedConstraint(error)?.endsWith('_fkey') === true;
}
