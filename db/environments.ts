import { z } from 'zod';
import { many, type Queryable } from './pool.ts';

/** Ids of environments by exact name; unknown names are left out. */
export async function findEnvironments(
  db: Queryable,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await many(db, z.object({ id: z.string() }), {
    name: 'findEnvironments',
    text: 'select id from environment where organization_id = $1 and name = any($2::text[])',
    values: [organizationId, names],
  });
  return rows.map((row) => row.id);
}
