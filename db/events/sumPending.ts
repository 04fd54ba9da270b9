import { z } from 'zod';
import { one, type Queryable } from '../pool.ts';

const sumRow = z.object({ events: z.coerce.number() }).transform((row) => row.events);

/** Events that are stored and not counted on their issues yet. */
export function sumPending(db: Queryable): Promise<number> {
  return one(db, sumRow, {
    name: 'sumPending',
    text: 'select coalesce(sum(events), 0) as events from pending_count',
    values: [],
  });
}
