import { z } from 'zod';
import type { Chunk } from '../chunk.ts';
import { exec, many, type Transaction } from '../pool.ts';
import { wakeIgnored } from './wakeIgnored.ts';

/** Each row is locked against its events until the commit, so few at a time. */
const CHUNK_GROUPS = 200;

const idRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

/** Brings ignored groups back whose time is over, the longest waiting first. */
export async function reopenDue(tx: Transaction): Promise<Chunk> {
  const due = await many(tx, idRow, {
    name: 'listDueSnoozes',
    text: 'select group_id from group_snooze where until <= now() order by until, group_id limit $1',
    values: [CHUNK_GROUPS],
  });
  if (due.length === 0) return { rows: 0, cursor: null };
  const rows = await wakeIgnored(tx, due);
  // Those of groups that were resolved in the meantime have nothing to wait for, and would be found for ever.
  await exec(tx, {
    name: 'dropDueSnoozes',
    text: 'delete from group_snooze where group_id = any($1::bigint[]) and until <= now()',
    values: [due],
  });
  return { rows, cursor: due.length < CHUNK_GROUPS ? null : (due.at(-1) ?? null) };
}
