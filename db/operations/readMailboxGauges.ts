import { z } from 'zod';
import { one, type Queryable } from '../pool.ts';

/** How much waits in all mailboxes together, and for how long: counted up to a bound, because metrics are read often. */
export function readMailboxGauges(
  db: Queryable,
): Promise<Readonly<{ pending: number; oldestSeconds: number }>> {
  return one(
    db,
    z
      .object({ pending: z.coerce.number(), oldest_seconds: z.coerce.number() })
      .transform((row) => ({ pending: row.pending, oldestSeconds: row.oldest_seconds })),
    {
      name: 'readMailboxGauges',
      text: `select (select count(*) from (select from operation where status = 'pending' limit 100000) as bounded) as pending,
                    coalesce(extract(epoch from now() - min(created_at)), 0) as oldest_seconds
               from operation where status = 'pending'`,
      values: [],
    },
  );
}
