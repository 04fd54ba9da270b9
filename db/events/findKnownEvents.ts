import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

const knownRow = z
  .object({ project_id: z.string(), event_id: z.string() })
  .transform((row) => ({ projectId: row.project_id, eventId: row.event_id.replaceAll('-', '') }));

/** Which of these events are there already. */
export function findKnownEvents(
  tx: Transaction,
  events: readonly Readonly<{ projectId: string; eventId: string }>[],
): Promise<z.output<typeof knownRow>[]> {
  return many(tx, knownRow, {
    name: 'findKnownEvents',
    text: `select project_id, event_id
             from event join unnest($1::bigint[], $2::uuid[]) as given (project_id, event_id) using (project_id, event_id)`,
    values: [events.map((event) => event.projectId), events.map((event) => event.eventId)],
  });
}
