import { formatDateTime } from '../../domain/dateTime.ts';
import { asText, isObject } from '../../domain/ingest/eventFields.ts';
import { describeEvent } from '../../domain/ingest/describeEvent.ts';
import { readExceptions, readMessage } from '../../domain/ingest/eventFields.ts';
import type { Json } from '../../domain/ingest/trimData.ts';
import type { EventView } from '../../db/events/readEvents.ts';
import { tagsOf } from './tags.ts';

/** The parts of an event that are shown as entries, by the name they have in the payload. */
const entryTypes: Readonly<Record<string, string>> = {
  exception: 'exception',
  logentry: 'message',
  threads: 'threads',
  breadcrumbs: 'breadcrumbs',
  request: 'request',
};

/** An event in a list (clients 4): what it is, not what is in it. */
export function serializeEventSummary(event: EventView): Record<string, unknown> {
  const { data } = event;
  const exceptions = readExceptions(data);
  const described = describeEvent(data, exceptions, readMessage(data));
  return {
    id: event.eventId,
    eventID: event.eventId,
    groupID: event.groupId,
    projectID: event.projectId,
    'event.type': exceptions.length > 0 ? 'error' : 'default',
    title: described.title,
    message: described.message,
    culprit: described.culprit,
    metadata: described.metadata,
    location: asText(described.metadata['filename']),
    platform: asText(data['platform']) ?? 'other',
    user: isObject(data['user']) ? data['user'] : null,
    tags: tagsOf(event),
    dateCreated: formatDateTime(event.timestamp),
  };
}

/** An event in full. */
export function serializeEvent(event: EventView): Record<string, unknown> {
  const { data } = event;
  const summary = serializeEventSummary(event);
  return {
    ...summary,
    type: summary['event.type'],
    size: JSON.stringify(data).length,
    dateReceived: formatDateTime(event.dateReceived),
    release: event.release === null ? null : { version: event.release },
    dist: asText(data['dist']),
    entries: entriesOf(data),
    contexts: isObject(data['contexts']) ? data['contexts'] : {},
    context: isObject(data['extra']) ? data['extra'] : {},
    packages: isObject(data['modules']) ? data['modules'] : {},
    sdk: isObject(data['sdk']) ? data['sdk'] : null,
    fingerprints: Array.isArray(data['fingerprint']) ? data['fingerprint'] : [],
    errors: [],
    occurrence: null,
    nextEventID: null,
    previousEventID: null,
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
