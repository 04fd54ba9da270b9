import { formatDateTime } from '../../domain/dateTime.ts';
import { asText, isObject, readMessage } from '../../domain/ingest/eventFields.ts';
import type { Json } from '../../domain/ingest/trimData.ts';
import type { EventView } from '../../db/events/readEvents.ts';
import { readNeighbours, type EventNeighbours } from '../../db/events/readNeighbours.ts';
import { serializeEventSummary } from './eventSummary.ts';
import { serializer } from './serializer.ts';

/** The parts of an event that are shown as entries, by the name they have in the payload. */
const entryTypes: Readonly<Record<string, string>> = {
  exception: 'exception',
  logentry: 'message',
  threads: 'threads',
  breadcrumbs: 'breadcrumbs',
  request: 'request',
};

export const event = serializer({
  getAttributes: async (events: readonly EventView[], { pool }) => {
    const neighbours = await readNeighbours(pool, events);
    return new Map(events.map((shown, position) => [shown, neighbours[position]]));
  },
  toJson: serializeEvent,
});

/** An event in full. */
function serializeEvent(
  shown: EventView,
  neighbours: ReadonlyMap<EventView, EventNeighbours | undefined>,
): Record<string, unknown> {
  const { data } = shown;
  const { nextId = null, previousId = null } = neighbours.get(shown) ?? {};
  const summary = serializeEventSummary(shown);
  return {
    ...summary,
    type: summary['event.type'],
    size: JSON.stringify(data).length,
    dateReceived: formatDateTime(shown.dateReceived),
    release: shown.release === null ? null : { version: shown.release },
    dist: asText(data['dist']),
    entries: entriesOf(data),
    contexts: isObject(data['contexts']) ? data['contexts'] : {},
    context: isObject(data['extra']) ? data['extra'] : {},
    packages: isObject(data['modules']) ? data['modules'] : {},
    sdk: isObject(data['sdk']) ? data['sdk'] : null,
    fingerprints: Array.isArray(data['fingerprint']) ? data['fingerprint'] : [],
    errors: [],
    occurrence: null,
    nextEventID: nextId,
    previousEventID: previousId,
  };
}

function entriesOf(data: Readonly<Record<string, Json>>): { type: string; data: unknown }[] {
  const entries = Object.entries(entryTypes).flatMap(([key, type]) => {
    const value = data[key];
    if (value === undefined || value === null) return [];
    return [{ type, data: Array.isArray(value) ? { values: value } : value }];
  });
  const message = readMessage(data);
  const hasMessage = entries.some(({ type }) => type === 'message');
  return message === null || hasMessage
    ? entries
    : [...entries, { type: 'message', data: { formatted: message.formatted } }];
}
