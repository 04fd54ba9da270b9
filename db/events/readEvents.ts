import { z } from 'zod';
import type { Json } from '../../domain/ingest/trimData.ts';
import { many, maybeOne, type Queryable } from '../pool.ts';

const eventViewRow = z
  .object({
    event_id: z.string(),
    project_id: z.string(),
    group_id: z.string(),
    timestamp: z.string(),
    date_received: z.string(),
    release: z.string().nullable(),
    environment: z.string().nullable(),
    title: z.string(),
    data: z.custom<{ readonly [key: string]: Json }>(),
  })
  .transform((row) => ({
    eventId: row.event_id.replaceAll('-', ''),
    projectId: row.project_id,
    groupId: row.group_id,
    timestamp: row.timestamp,
    dateReceived: row.date_received,
    release: row.release,
    environment: row.environment,
    groupTitle: row.title,
    data: row.data,
  }));

export type EventView = z.output<typeof eventViewRow>;

const eventSql = `select event.event_id, event.project_id, event.group_id, event.timestamp, event.date_received,
    release.version as release, environment.name as environment, group_.title, event.data
  from event
  join group_ on group_.id = event.group_id
  left join release on release.id = event.release_id
  left join environment on environment.id = event.environment_id`;

/** The newest or the oldest event of a group; in these environments only, unless null. */
export function findEdgeEvent(
  db: Queryable,
  groupId: string,
  edge: 'latest' | 'oldest',
  environmentIds: readonly string[] | null,
): Promise<EventView | null> {
  const direction = { latest: 'desc', oldest: 'asc' }[edge];
  return maybeOne(db, eventViewRow, {
    name: `findEdgeEvent_${edge}`,
    text: `${eventSql}
            where event.group_id = $1 and ($2::bigint[] is null or event.environment_id = any($2))
            order by event.timestamp ${direction}, event.event_id ${direction}
            limit 1`,
    values: [groupId, environmentIds],
  });
}

/** An event by its id in any of these projects. @param eventId 32 hex digits */
export function findEvent(
  db: Queryable,
  projectIds: readonly string[],
  eventId: string,
): Promise<EventView | null> {
  return maybeOne(db, eventViewRow, {
    name: 'findEvent',
    text: `${eventSql} where event.project_id = any($1::bigint[]) and event.event_id = $2 limit 1`,
    values: [projectIds, eventId],
  });
}

type Window = Readonly<{ offset: number; limit: number }>;

/** Events of a group, newest first. */
export function listGroupEvents(
  db: Queryable,
  groupId: string,
  window: Window,
): Promise<EventView[]> {
  return many(db, eventViewRow, {
    name: 'listGroupEvents',
    text: `${eventSql} where event.group_id = $1
           order by event.timestamp desc, event.event_id desc offset $2 limit $3`,
    values: [groupId, window.offset, window.limit],
  });
}

/** Events of a project, newest first. */
export function listProjectEvents(
  db: Queryable,
  projectId: string,
  window: Window,
): Promise<EventView[]> {
  return many(db, eventViewRow, {
    name: 'listProjectEvents',
    text: `${eventSql} where event.project_id = $1
           order by event.timestamp desc, event.event_id desc offset $2 limit $3`,
    values: [projectId, window.offset, window.limit],
  });
}
