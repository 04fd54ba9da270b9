import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';

export type GroupKey = Readonly<{ projectId: string; /** Hex digits. */ hash: string }>;

const hashedGroupRow = z
  .object({ project_id: z.string(), hash: z.string(), group_id: z.string(), status: z.string() })
  .transform((row) => ({
    projectId: row.project_id,
    hash: row.hash,
    groupId: row.group_id,
    status: row.status,
  }));

export type HashedGroup = z.output<typeof hashedGroupRow>;

/** The groups that events with these hashes belong to; unknown hashes are left out. */
export function findGroups(tx: Transaction, keys: readonly GroupKey[]): Promise<HashedGroup[]> {
  return many(tx, hashedGroupRow, {
    name: 'findGroups',
    text: `select group_hash.project_id, given.hash, group_hash.group_id, group_.status
             from unnest($1::bigint[], $2::text[]) as given (project_id, hash)
             join group_hash on group_hash.project_id = given.project_id
                            and group_hash.hash = decode(given.hash, 'hex')
             join group_ on group_.id = group_hash.group_id`,
    values: [keys.map((key) => key.projectId), keys.map((key) => key.hash)],
  });
}
