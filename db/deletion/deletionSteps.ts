import { createHash } from 'node:crypto';
import { z } from 'zod';
import { exec, many, type Queryable } from '../pool.ts';
import type { DeletionModel } from './deletionModel.ts';
import { planDeletion, type DeletionStep, type Link } from './planDeletion.ts';

const linkRow: z.ZodType<Link> = z.object({
  child: z.string(),
  column: z.string(),
  isRequired: z.boolean(),
  parent: z.string(),
  parentColumn: z.string(),
  strength: z.enum(['owned', 'blocking', 'loose']),
});

/**
 * The steps of a deletion, asked of the catalog, so that a table which comes later cannot be forgotten: one belongs to a
 * project or an organization by a foreign key, however far, or by a column named after it. Partitions count each for
 * itself, because rows are found by their place in a table. Keys of projects come first: then nothing new comes in.
 */
export async function listDeletionSteps(
  db: Queryable,
  model: DeletionModel,
): Promise<DeletionStep[]> {
  const links = await many(db, linkRow, {
    name: 'listLinks',
    // Names come quoted, ready for a statement.
    text: `with tables as (
             select oid, oid::regclass::text as name from pg_class
              where relkind = 'r' and relnamespace = current_schema()::regnamespace),
           keys as (
             select conrelid, conkey[1] as attnum, confrelid, confkey[1] as parent_attnum, confdeltype
               from pg_constraint where contype = 'f' and cardinality(conkey) = 1)
           select child.name as child, quote_ident(attname) as column, attnotnull as "isRequired",
                  parent.name as parent,
                  (select quote_ident(attname) from pg_attribute
                    where attrelid = parent.oid and attnum = parent_attnum) as "parentColumn",
                  case confdeltype when 'c' then 'owned' when 'n' then 'loose' when 'd' then 'loose'
                                   else 'blocking' end as strength
             from keys
             join tables child on child.oid = conrelid
             join tables parent on parent.oid = confrelid
             join pg_attribute on attrelid = conrelid and pg_attribute.attnum = keys.attnum
           union all
           select child.name, attname, attnotnull, parent.name, 'id', 'owned'
             from tables child
             join pg_attribute on attrelid = child.oid and attnum > 0 and not attisdropped
             join tables parent on parent.name || '_id' = attname and parent.name in ('project', 'organization')
            where not exists (
                    select from keys where conrelid = child.oid and keys.attnum = pg_attribute.attnum)
            order by child, "column"`,
    values: [],
  });
  const steps = planDeletion(model, links);
  const isKey = ({ table }: DeletionStep): boolean => table === 'project_key';
  return [...steps.filter(isKey), ...steps.filter((step) => !isKey(step))];
}

/**
 * In the place of projects that go with their organization stands what their own deletion would leave: a tombstone, and
 * no order to delete them.
 */
const buryProjects = `, ordered as (
             delete from scheduled_deletion using deleted where model = 'project' and object_id = deleted.id)
           insert into tombstone (table_name, object_id) select 'project', id from deleted
           on conflict on constraint tombstone_pkey do nothing`;

/** Deletes rows of one step, at most so many or, without a limit, all of them; answers how many. */
export function deleteStepRows(
  db: Queryable,
  step: DeletionStep,
  rootId: string,
  limit: number | null,
): Promise<number> {
  const rows = `select t0.ctid from ${step.table} t0 ${joinOwners(step.path)} = $1 limit $2::bigint`;
  // Names come quoted from the catalog; they cannot be parameters.
  const deletion = `delete from ${step.table} where ctid = any(array(${rows}))`;
  const text =
    step.table === 'project'
      ? `with deleted as (${deletion} returning id) ${buryProjects}`
      : deletion;
  // Two ways to one table are two statements.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return exec(db, {
    name: `deleteRows_${step.table}_${hash}`,
    text,
    values: [rootId, limit],
  });
}

/** From a row over those that it belongs to, up to the column that names the root. */
function joinOwners([first, ...others]: readonly Link[]): string {
  if (first === undefined) throw new TypeError('A step has a path');
  let column = `t0.${first.column}`;
  let parentColumn = first.parentColumn;
  const joins = others.map((link, index) => {
    const owner = `t${index + 1}`;
    const join = `join ${link.child} ${owner} on ${owner}.${parentColumn} = ${column}`;
    column = `${owner}.${link.column}`;
    parentColumn = link.parentColumn;
    return join;
  });
  return `${joins.join(' ')} where ${column}`;
}
