import { createHash } from 'node:crypto';
import { normalizeEvent, readEventId } from '../../domain/ingest/normalizeEvent.ts';
import { readClientReport, type Discard } from '../../domain/ingest/clientReport.ts';
import { isObject } from '../../domain/ingest/eventFields.ts';
import type { IngestKey } from '../../db/events/findIngestKeys.ts';
import type { EventQueue } from './eventQueue.ts';

/** What the items of one envelope share. */
export type EnvelopeContext = Readonly<{
  key: IngestKey;
  /** Of the envelope, else of its event, else made here. 32 hex digits. */
  eventId: string;
  receivedAt: Date;
  events: EventQueue;
  /** Hears of what clients threw away. */
  onDiscard: (discard: Discard) => void;
}>;

/** Stores one item, resolves when it is committed. @throws BrokenItemError when it can never be stored. */
type ItemHandler = (payload: Uint8Array, envelope: EnvelopeContext) => Promise<void>;

/** An item that is no valid one of its type. It never takes the others of its envelope with it. */
export class BrokenItemError extends Error {
  override readonly name = 'BrokenItemError';
}

/** What happens to items, by type. Types that are not here are accepted and counted, and their payload is not kept. */
export const itemHandlers: ReadonlyMap<string, ItemHandler> = new Map([
  ['event', storeEvent],
  ['client_report', countDiscards],
]);

/** Half of a SHA-256 is beyond accidents, and keeps the index small. */
const HASH_HEX_DIGITS = 32;

const utf8 = new TextDecoder('utf-8');

async function storeEvent(payload: Uint8Array, envelope: EnvelopeContext): Promise<void> {
  const event = normalizeEvent(parseEvent(payload), envelope.eventId, envelope.receivedAt);
  const hash = createHash('sha256').update(JSON.stringify(event.grouping)).digest('hex');
  await envelope.events.store(
    { ...envelope.key, hash: hash.slice(0, HASH_HEX_DIGITS), event },
    payload.byteLength,
  );
}

/** A report that cannot be read is no reason to refuse an envelope: clients never repeat it (traces-health 4.5). */
function countDiscards(payload: Uint8Array, { onDiscard }: EnvelopeContext): Promise<void> {
  readClientReport(parseJson(payload)).forEach(onDiscard);
  return Promise.resolve();
}

/** Null for what is no JSON. */
function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return null;
  }
}

/** The id that the payload of an event brings itself; null without one. */
export function eventIdOf(payload: Uint8Array): string | null {
  try {
    return readEventId(parseEvent(payload));
  } catch {
    return null;
  }
}

function parseEvent(payload: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(payload));
  } catch (error) {
    throw new BrokenItemError('the event is no JSON', { cause: error });
  }
  if (!isObject(value)) throw new BrokenItemError('the event is no JSON object');
  return value;
}
