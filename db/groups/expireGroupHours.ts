import type { Chunk } from '../chunk.ts';
import { exec, type Transaction } from '../pool.ts';

/** The rows are a few bytes each. */
const CHUNK_ROWS = 5_000;

/** Deletes the hourly counts of issues that nothing shows any more: what is shown goes back thirty days. */
export async function expireGroupHours(tx: Transaction): Promise<Chunk> {
  const rows = await exec(tx, {
    name: 'expireGroupHours',
    // A row that is being counted up, for an event that comes very late, waits for the next pass: whoever counts must not
    // wait for rows that are deleted in another order.
    text: `delete from group_hour
            where ctid = any(array(
                    select ctid from group_hour
                     where hour < now() - interval '31 days'
                     order by hour
                     limit $1
                       for update skip locked))`,
    values: [CHUNK_ROWS],
  });
  return { rows, cursor: rows < CHUNK_ROWS ? null : 'more' };
}
