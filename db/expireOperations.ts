import { z } from 'zod';
import type { Chunk } from './chunk.ts';
import { one, type Transaction } from './pool.ts';

/** Most are small; what bounds a transaction of large ones is the sum of their bodies. */
const CHUNK_OPERATIONS = 1_000;

/** A body may be 16 MB: a chunk takes operations until it has gone through this much of them. */
const CHUNK_BYTES = 64 * 1024 * 1024;

const BEGINNING = '00000000-0000-0000-0000-000000000000';

const expiredRow = z.object({ rows: z.number(), cursor: z.string().nullable() });

/**
 * Deletes operations that finished more than so many days ago, done or failed, the oldest first. What waits stays,
 * however old it is. @param cursor the id of the last operation that the chunk before has looked at.
 */
export function expireOperations(
  tx: Transaction,
  cursor: string | null,
  days: number,
): Promise<Chunk> {
  return one(tx, expiredRow, {
    name: 'expireOperations',
    // Ids begin with the millisecond they were made in, so the primary key serves as the index by age, and nothing that
    // is younger is looked at. The size of a body is known without reading it.
    text: `with finished as (
             select id, pg_column_size(body) as bytes
               from operation
              where id > $1 and status <> 'pending' and finished_at < now() - make_interval(days => $2)
                and id < rpad(lpad(to_hex(floor(extract(epoch from now() - make_interval(days => $2)) * 1000)::bigint),
                                   12, '0'), 32, '0')::uuid
              order by id
              limit $3),
           chunk as (
             select id
               from (select id, sum(bytes) over (order by id) - bytes as bytes_before from finished) as sized
              where bytes_before < $4),
           expired as (
             delete from operation
              using chunk
              where operation.id = chunk.id
                -- One that an operator has just given another turn is waiting again.
                and operation.status <> 'pending'
             returning operation.id)
           select (select count(*) from expired)::integer as rows,
                  (select id from chunk order by id desc limit 1) as cursor`,
    values: [cursor ?? BEGINNING, days, CHUNK_OPERATIONS, CHUNK_BYTES],
  });
}
