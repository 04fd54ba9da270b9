import { z } from 'zod';
import type { Chunk } from '../chunk.ts';
import { many, one, type Transaction } from '../pool.ts';

/** Groups whose rows go together; what cascades from them at the end is small. */
const GROUPS_AT_ONCE = 20;

/** Of each table in one transaction. */
const ROWS_PER_CHUNK = 500;

const idRow = z.object({ id: z.string() }).transform((row) => row.id);
const countRow = z.object({ rows: z.coerce.number() });

/** Deletes groups that people have removed: what there may be much of in chunks, then the groups; answers the groups. */
export async function deleteRemovedGroups(tx: Transaction): Promise<Chunk> {
  const ids = await many(tx, idRow, {
    name: 'listRemovedGroups',
    // Whoever stores or counts the last events of an issue holds it for a moment: it is left for the next time, because
    // to wait for one while others are held is how circles of waiting begin.
    text: `select id from group_ where status in ('pending_deletion', 'deletion_in_progress') order by id limit $1
              for update skip locked`,
    values: [GROUPS_AT_ONCE],
  });
  const [first] = ids;
  if (first === undefined) return { rows: 0, cursor: null };
  const { rows } = await one(tx, countRow, {
    name: 'deleteRowsOfGroups',
    text: `with events as (
             delete from event where ctid = any(array(
               select ctid from event where group_id = any($1::bigint[]) limit $2)) returning 1),
           people as (
             delete from group_user where ctid = any(array(
               select ctid from group_user where group_id = any($1) limit $2)) returning 1),
           timeline as (
             delete from activity where ctid = any(array(
               select ctid from activity where group_id = any($1) limit $2)) returning 1),
           hours as (
             delete from group_hour where ctid = any(array(
               select ctid from group_hour where group_id = any($1) limit $2)) returning 1)
           select (select count(*) from events) + (select count(*) from people)
                  + (select count(*) from timeline) + (select count(*) from hours) as rows`,
    values: [ids, ROWS_PER_CHUNK],
  });
  if (rows > 0) return { rows: 0, cursor: first };
  const deleted = await many(tx, idRow, {
    name: 'deleteRemovedGroups',
    text: 'delete from group_ where id = any($1::bigint[]) returning id',
    values: [ids],
  });
  return { rows: deleted.length, cursor: first };
}
