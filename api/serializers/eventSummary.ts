import { formatDateTime } from '../../domain/dateTime.ts';
import { describeEvent } from '../../domain/ingest/describeEvent.ts';
import { asText, isObject, readExceptions, readMessage } from '../../domain/ingest/eventFields.ts';
import type { EventView } from '../../db/events/readEvents.ts';
import { rowSerializer, type Json } from './serializer.ts';
import { tagsOf } from './tags.ts';

export const eventSummary = rowSerializer(serializeEventSummary);

/** An event in a list (clients 4): what it is, not what is in it. */
export function serializeEventSummary(event: EventView): Json {
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
