import { z } from 'zod';
import type { Chunk } from '../chunk.ts';
import { exec, maybeOne, type Transaction } from '../pool.ts';

/** Events are large, and most of a deletion is what is large in them. */
const CHUNK_EVENTS = 500;

const projectRow = z.object({ id: z.string() });

/**
 * Deletes events that happened more than so many days ago, project by project, the oldest first. Counters of issues
 * stay as they are. @param cursor the id of the project to go on with.
 */
export async function expireEvents(
  tx: Transaction,
  cursor: string | null,
  days: number,
): Promise<Chunk> {
  const project = await maybeOne(tx, projectRow, {
    name: 'findProjectWithOldEvents',
    // The oldest event of each project decides, one step into an index; asked with "exists", the planner may read all
    // events of all projects instead, every hour.
    text: `select project.id
             from project
            cross join lateral (
               select timestamp from event
                where event.project_id = project.id
                order by timestamp, event_id
                limit 1) oldest
            where project.id >= $1 and oldest.timestamp < now() - make_interval(days => $2)
            order by project.id
            limit 1`,
    values: [cursor ?? '0', days],
  });
  if (project === null) return { rows: 0, cursor: null };
  const rows = await exec(tx, {
    name: 'expireEvents',
    text: `delete from event
            where ctid = any(array(
                    select ctid from event
                     where project_id = $1 and timestamp < now() - make_interval(days => $2)
                     order by timestamp, event_id
                     limit $3))`,
    values: [project.id, days, CHUNK_EVENTS],
  });
  return { rows, cursor: project.id };
}
