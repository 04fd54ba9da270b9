import { z } from 'zod';
import { many, maybeOne, type Queryable } from '../pool.ts';

const idRow = z.object({ id: z.string() }).transform((row) => row.id);

/** Several repositories may have one name. */
export function findRepositoryByName(
  db: Queryable,
  organizationId: string,
  name: string,
): Promise<string[]> {
  return many(db, idRow, {
    name: 'findRepositoryByName',
    text: 'select id from repository where organization_id = $1 and name = $2',
    values: [organizationId, name],
  });
}

/** The newest commit with this sha in any of the repositories. */
export function findCommitByKey(
  db: Queryable,
  repositoryIds: readonly string[],
  key: string,
): Promise<string | null> {
  return maybeOne(db, idRow, {
    name: 'findCommitByKey',
    text: `select id from commit where repository_id = any($1::bigint[]) and key = $2 order by id desc limit 1`,
    values: [repositoryIds, key],
  });
}
