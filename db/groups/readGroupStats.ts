import { z } from 'zod';
import type { StatsPeriod } from '../../domain/issues/statsPeriod.ts';
import { many, type Queryable } from '../pool.ts';

/** Events of each step, as `[epoch seconds, count]`. */
export type Series = readonly (readonly [number, number])[];

const stepRow = z.object({
  group_id: z.string(),
  step: z.coerce.number(),
  count: z.coerce.number(),
});

/** How many events each of these groups had over a period, from its counts by the hour; steps without any are zero. */
export async function readGroupStats(
  db: Queryable,
  groupIds: readonly string[],
  { start, stepSeconds, length }: StatsPeriod,
): Promise<ReadonlyMap<string, Series>> {
  const rows = await many(db, stepRow, {
    name: 'readGroupStats',
    text: `select group_id, floor(extract(epoch from hour) / $4::bigint) * $4 as step, sum(count) as count
             from group_hour
            where group_id = any($1::bigint[]) and hour >= to_timestamp($2::float8) and hour < to_timestamp($3::float8)
            group by 1, 2`,
    values: [groupIds, start, start + length * stepSeconds, stepSeconds],
  });
  const counts = new Map(rows.map((row) => [`${row.group_id} ${row.step}`, row.count]));
  const seriesOf = (id: string): Series =>
    Array.from({ length }, (_, index) => {
      const step = start + index * stepSeconds;
      return [step, counts.get(`${id} ${step}`) ?? 0] as const;
    });
  return new Map(groupIds.map((id) => [id, seriesOf(id)]));
}
