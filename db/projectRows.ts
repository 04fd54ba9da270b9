import { z } from 'zod';
import { exec, many, maybeOne, type Queryable, type Transaction } from './pool.ts';

/**
 * Claims an ordered deletion, after which it cannot be taken back. False when the order is gone or the project is
 * active again; the order of a project that is gone itself is dropped.
 */
export async function claimDeletion(tx: Transaction, projectId: string): Promise<boolean> {
  const claimed = await exec(tx, {
    name: 'claimDeletion',
    text: `with claimed as (
             update scheduled_deletion set in_progress = true
              where model = 'project' and object_id = $1 and date_scheduled <= now()
             returning object_id)
           update project set status = 'deletion_in_progress'
             from claimed
            where project.id = claimed.object_id and status in ('pending_deletion', 'deletion_in_progress')`,
    values: [projectId],
  });
  if (claimed > 0) return true;
  await dropOrder(tx, projectId);
  return false;
}

const tableRow = z
  .object({ name: z.string(), quoted: z.string(), parents: z.array(z.string()) })
  .readonly();

export type ProjectTable = z.output<typeof tableRow>;

/**
 * Every table with a column `project_id`, asked of the catalog, so that a table which comes later cannot be forgotten:
 * those that refer to others stand before them. Partitions count each for itself, because rows are found by their place
 * in a table. Keys come first: then nothing new comes in.
 */
export async function listProjectTables(db: Queryable): Promise<ProjectTable[]> {
  const tables = await many(db, tableRow, {
    name: 'listProjectTables',
    text: `select child.relname as name, child.oid::regclass::text as quoted,
                  array(select distinct parent.relname
                          from pg_constraint
                          join pg_class parent on parent.oid = confrelid
                         where conrelid = child.oid and contype = 'f' and confrelid <> child.oid)::text[] as parents
             from pg_class child
             join pg_attribute on attrelid = child.oid and attname = 'project_id' and not attisdropped
            where child.relkind = 'r' and child.relnamespace = current_schema()::regnamespace
            order by child.relname <> 'project_key', child.relname`,
    values: [],
  });
  return childrenFirst(tables);
}

function childrenFirst(tables: readonly ProjectTable[]): ProjectTable[] {
  const ordered: ProjectTable[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    const parents = new Set(waiting.flatMap((table) => table.parents));
    const free = waiting.filter(({ name }) => !parents.has(name));
    // Tables that refer to each other in a circle are left to what their foreign keys say.
    const next = free.length > 0 ? free : waiting;
    ordered.push(...next);
    waiting = waiting.filter((table) => !next.includes(table));
  }
  return ordered;
}

/** Deletes some rows of a project from one table; answers how many. */
export function deleteProjectRows(
  db: Queryable,
  table: ProjectTable,
  projectId: string,
  limit: number,
): Promise<number> {
  return exec(db, {
    name: `deleteProjectRows_${table.name}`,
    // The name comes quoted from the catalog; it cannot be a parameter.
    text: `delete from ${table.quoted}
            where ctid = any(array(select ctid from ${table.quoted} where project_id = $1 limit $2))`,
    values: [projectId, limit],
  });
}

/**
 * Ends a deletion: what came in since its table was emptied, the project itself, the kept slug and the order, and the
 * tombstone in their place.
 */
export async function removeProject(tx: Transaction, projectId: string): Promise<void> {
  const project = await maybeOne(tx, z.object({ organization_id: z.string() }), {
    name: 'lockProjectInDeletion',
    text: `select organization_id from project
            where id = $1 and status = 'deletion_in_progress' for update`,
    values: [projectId],
  });
  if (project !== null) {
    for (const table of await listProjectTables(tx)) {
      await exec(tx, {
        name: `deleteLateRows_${table.name}`,
        text: `delete from ${table.quoted} where project_id = $1`,
        values: [projectId],
      });
    }
    await exec(tx, {
      name: 'removeProject',
      text: `with removed as (delete from project where id = $1::bigint returning id),
                  forgotten as (
                    delete from organization_option
                     where organization_id = $2 and key = 'pending-delete:Project:' || $1::bigint)
             insert into tombstone (table_name, object_id) select 'project', id from removed
             on conflict on constraint tombstone_pkey do nothing`,
      values: [projectId, project.organization_id],
    });
  }
  await dropOrder(tx, projectId);
}

async function dropOrder(tx: Transaction, projectId: string): Promise<void> {
  await exec(tx, {
    name: 'dropDeletionOrder',
    text: `delete from scheduled_deletion
            where model = 'project' and object_id = $1
              and not exists (
                    select from project where id = $1 and status in ('pending_deletion', 'deletion_in_progress'))`,
    values: [projectId],
  });
}
