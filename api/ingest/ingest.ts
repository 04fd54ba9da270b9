import { randomUUID } from 'node:crypto';
import { Counter } from 'prom-client';
import type { IngestKey } from '../../db/events/findIngestKeys.ts';
import type { EventRelay } from '../../db/outbox/eventRelay.ts';
import type { Pool } from '../../db/pool.ts';
import type { Discard } from '../../domain/ingest/clientReport.ts';
import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import { isLimitedType, type ItemHeader } from '../../domain/ingest/itemLimits.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { EventQueue } from './eventQueue.ts';
import { IngestKeys } from './ingestKeys.ts';
import { IssueCounts } from './issueCounts.ts';
import { BrokenItemError, eventIdOf, itemHandlers } from './itemHandlers.ts';

/** An envelope that has been read whole: who sent it, and the items in it; payloads only of types that are stored. */
export type ReceivedEnvelope = Readonly<{
  key: IngestKey;
  /** 32 hex digits; null when the headers have none. */
  eventId: string | null;
  items: readonly Readonly<{ header: ItemHeader; payload: Uint8Array | null }>[];
}>;

/** At most one of these in an envelope: they are what its id names. */
const identifiedTypes: ReadonlySet<string> = new Set(['event', 'transaction']);

type Outcome = 'stored' | 'dropped' | 'broken';

type IngestOptions = Readonly<{
  pool: Pool;
  metrics: Metrics;
  outbox: EventRelay;
  logger: Logger;
}>;

/** What ingestion keeps for the whole process. */
export class Ingest {
  readonly keys: IngestKeys;
  readonly counts: IssueCounts;
  private readonly events: EventQueue;
  private readonly items: Counter<'type' | 'outcome'>;
  private readonly discards: Counter<'reason' | 'category'>;

  constructor({ pool, metrics, outbox, logger }: IngestOptions) {
    this.keys = new IngestKeys(pool);
    this.counts = new IssueCounts(pool, logger);
    this.events = new EventQueue(pool, {
      onStored: () => this.counts.behind(),
      onTold: (organizationId) => outbox.relaySoon(organizationId),
    });
    this.items = new Counter({
      name: 'slipway_ingest_items_total',
      help: 'Items of envelopes: stored or counted, dropped because nothing is kept of their type, or broken.',
      labelNames: ['type', 'outcome'],
      registers: [metrics.registry],
    });
    this.discards = new Counter({
      name: 'slipway_client_discards_total',
      help: 'Items that clients threw away before they sent them, as they report it.',
      labelNames: ['reason', 'category'],
      registers: [metrics.registry],
    });
  }

  /**
   * Stores what an envelope brings; resolves after the commit with the id that the client is told.
   * A broken item never takes the good ones with it; alone, it is the client's to know.
   * @throws AppError invalid_input for two events, or when every item is broken; unavailable when too much waits.
   */
  async store({ key, eventId, items }: ReceivedEnvelope): Promise<string | null> {
    const identified = items.filter(({ header }) => identifiedTypes.has(header.type));
    if (identified.length > 1) throw envelopeError('more than one event in an envelope');
    const [main] = identified;
    // The statement that stores an event checks its key; whoever sends none is to hear of a key that was disabled too.
    if (main?.header.type !== 'event') await this.keys.confirm(key);
    const id = eventId ?? (main === undefined ? null : idOf(main.payload));
    const shared = {
      key,
      eventId: id ?? newEventId(),
      receivedAt: new Date(),
      events: this.events,
      onDiscard: ({ reason, category, quantity }: Discard) =>
        this.discards.inc({ reason, category }, quantity),
    };
    const results = await Promise.allSettled(
      items.map(async ({ header, payload }): Promise<Outcome> => {
        const handle = itemHandlers.get(header.type);
        if (handle === undefined || payload === null) return 'dropped';
        await handle(payload, shared);
        return 'stored';
      }),
    );
    this.count(items, results);
    const failures = results.filter((result) => result.status === 'rejected');
    const fatal = failures.find(({ reason }) => !(reason instanceof BrokenItemError));
    if (fatal !== undefined) throw fatal.reason as Error;
    const [broken] = failures;
    if (broken !== undefined && failures.length === items.length) {
      throw envelopeError('invalid event', (broken.reason as Error).message);
    }
    return id;
  }

  private count(
    items: ReceivedEnvelope['items'],
    results: readonly PromiseSettledResult<Outcome>[],
  ): void {
    results.forEach((result, index) => {
      const type = items[index]?.header.type ?? '';
      this.items.inc({
        // Clients choose types; labels must stay few.
        type: isLimitedType(type) ? type : 'other',
        outcome: result.status === 'fulfilled' ? result.value : 'broken',
      });
    });
  }
}

function idOf(payload: Uint8Array | null): string {
  return (payload === null ? null : eventIdOf(payload)) ?? newEventId();
}

function newEventId(): string {
  return randomUUID().replaceAll('-', '');
}
