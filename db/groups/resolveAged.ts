import { z } from 'zod';
import type { Chunk } from '../chunk.ts';
import { many, maybeOne, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';
import { lockGroups } from './lockGroups.ts';

const CHUNK_GROUPS = 200;

const projectRow = z
  .object({ id: z.string(), organization_id: z.string(), hours: z.coerce.number() })
  .transform((row) => ({ id: row.id, organizationId: row.organization_id, hours: row.hours }));

const idRow = z.object({ id: z.string() }).transform((row) => row.id);

/** Tells trackers and subscribers, in the same transaction. */
type Announce = (
  tx: Transaction,
  organizationId: string,
  groupIds: readonly string[],
  data: Readonly<Record<string, unknown>>,
) => Promise<void>;

/**
 * Resolves issues that had no event for as many hours as their project says (`resolveAge`), project by project.
 * @param cursor the id of the project to go on with.
 */
export async function resolveAged(
  tx: Transaction,
  cursor: string | null,
  announce: Announce,
): Promise<Chunk> {
  const project = await maybeOne(tx, projectRow, {
    name: 'findAgeingProject',
    text: `select project.id, project.organization_id, age.value::text as hours
             from project_option age
             join project on project.id = age.project_id and project.status = 'active'
            where age.key = 'sentry:resolve_age' and age.value::text ~ '^[1-9][0-9]{0,8}$' and project.id >= $1
            order by project.id
            limit 1`,
    values: [cursor ?? '0'],
  });
  if (project === null) return { rows: 0, cursor: null };
  const { id: projectId, organizationId, hours } = project;
  const old = await many(tx, idRow, {
    name: 'listAgedGroups',
    text: `select id from group_
            where project_id = $1 and status = 'unresolved' and last_seen < now() - make_interval(hours => $2)
            order by last_seen, id
            limit $3`,
    values: [projectId, hours, CHUNK_GROUPS],
  });
  const resolved = old.length === 0 ? [] : await resolve(tx, old, hours);
  if (resolved.length > 0) await announce(tx, organizationId, resolved, {});
  const isProjectDone = old.length < CHUNK_GROUPS;
  return {
    rows: resolved.length,
    cursor: isProjectDone ? (BigInt(projectId) + 1n).toString() : projectId,
  };
}

/** Answers those that are still as they were when their turn came: an event may have been faster. */
async function resolve(
  tx: Transaction,
  groupIds: readonly string[],
  hours: number,
): Promise<string[]> {
  const locked = await lockGroups(tx, groupIds);
  const ids = await many(tx, idRow, {
    name: 'resolveAgedGroups',
    text: `with resolved as (
             update group_ set status = 'resolved', substatus = null, resolved_at = now()
              where id = any($1::bigint[]) and status = 'unresolved'
                and last_seen < now() - make_interval(hours => $2)
             returning id),
           reviewed as (delete from group_inbox where group_id in (select id from resolved))
           select id from resolved order by id`,
    values: [locked.map(({ id }) => id), hours],
  });
  await insertGroupActivity(
    tx,
    ids.map((groupId) => ({ groupId, type: 'set_resolved_by_age', data: { age: hours } })),
  );
  await insertGroupHistory(
    tx,
    ids.map((groupId) => ({ groupId, status: 'auto_resolved' })),
  );
  return ids;
}
