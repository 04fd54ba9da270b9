import { z } from 'zod';
import type { ReleaseKey } from '../../domain/operation.ts';
import { maybeOne, type Transaction } from '../pool.ts';

const lockedReleaseRow = z
  .object({
    id: z.string(),
    status: z.enum(['open', 'archived']),
    date_released: z.string().nullable(),
  })
  .transform((row) => ({ id: row.id, status: row.status, dateReleased: row.date_released }));

export type LockedRelease = z.output<typeof lockedReleaseRow>;

/**
 * Takes the row lock that every write of a release holds until its commit, and what deciding needs.
 * Temporal serialises scheduling, not execution: two attempts of one activity meet here.
 */
export function lockRelease(tx: Transaction, key: ReleaseKey): Promise<LockedRelease | null> {
  return maybeOne(tx, lockedReleaseRow, {
    name: 'lockRelease',
    text: `select id, status, date_released
             from release
            where organization_id = $1 and version = $2
              for update`,
    values: [key.organizationId, key.version],
  });
}
