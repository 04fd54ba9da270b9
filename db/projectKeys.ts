import { z } from 'zod';
import type { OffsetWindow } from '../domain/offsetPage.ts';
import { exec, many, maybeOne, one, type Queryable, type Transaction } from './pool.ts';

const keyRow = z
  .object({
    id: z.string(),
    public_key: z.string(),
    label: z.string(),
    is_active: z.boolean(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    publicKey: row.public_key,
    label: row.label,
    isActive: row.is_active,
    dateAdded: row.date_added,
  }));

export type ProjectKey = z.output<typeof keyRow>;

const keyColumns = 'id, public_key, label, is_active, date_added';

/** The oldest first; `isActive` null means all. */
export function listProjectKeys(
  db: Queryable,
  filter: Readonly<{ projectId: string; isActive: boolean | null }>,
  window: OffsetWindow,
): Promise<ProjectKey[]> {
  return many(db, keyRow, {
    name: 'listProjectKeys',
    text: `select ${keyColumns}
             from project_key
            where project_id = $1 and ($2::boolean is null or is_active = $2)
            order by id
           offset $3 limit $4`,
    values: [filter.projectId, filter.isActive, window.offset, window.limit],
  });
}

/** A key of a project by its public key. */
export function findProjectKey(
  db: Queryable,
  projectId: string,
  publicKey: string,
): Promise<ProjectKey | null> {
  return maybeOne(db, keyRow, {
    name: 'findProjectKey',
    text: `select ${keyColumns} from project_key where project_id = $1 and public_key = $2`,
    values: [projectId, publicKey],
  });
}

export function createProjectKey(
  tx: Transaction,
  key: Readonly<{ projectId: string; publicKey: string; label: string; isActive: boolean }>,
): Promise<ProjectKey> {
  return one(tx, keyRow, {
    name: 'createProjectKey',
    text: `insert into project_key (project_id, public_key, label, is_active) values ($1, $2, $3, $4)
           returning ${keyColumns}`,
    values: [key.projectId, key.publicKey, key.label, key.isActive],
  });
}

/**
 * The oldest key of a project that is active, else its oldest. People may delete all of them: a project that has none gets
 * this one.
 */
export async function ensureProjectKey(
  tx: Transaction,
  projectId: string,
  newPublicKey: string,
): Promise<string> {
  const { public_key } = await one(tx, z.object({ public_key: z.string() }), {
    name: 'ensureProjectKey',
    text: `with made as (
             insert into project_key (project_id, public_key)
             select $1, $2 where not exists (select from project_key where project_id = $1)
             returning id, public_key, is_active)
           select public_key
             from (select * from made
                   union all
                   select id, public_key, is_active from project_key where project_id = $1) as key
            order by is_active desc, id
            limit 1`,
    values: [projectId, newPublicKey],
  });
  return public_key;
}

/** Undefined leaves what it names; null when the key is gone. */
export function updateProjectKey(
  tx: Transaction,
  id: string,
  columns: Readonly<{ label?: string | undefined; isActive?: boolean | undefined }>,
): Promise<ProjectKey | null> {
  return maybeOne(tx, keyRow, {
    name: 'updateProjectKey',
    text: `update project_key set label = coalesce($2, label), is_active = coalesce($3, is_active)
            where id = $1 returning ${keyColumns}`,
    values: [id, columns.label ?? null, columns.isActive ?? null],
  });
}

/** Answers whether it was there. */
export async function deleteProjectKey(tx: Transaction, id: string): Promise<boolean> {
  const deleted = await exec(tx, {
    name: 'deleteProjectKey',
    text: 'delete from project_key where id = $1',
    values: [id],
  });
  return deleted > 0;
}
