import { z } from 'zod';
import { exec, many, maybeOne, one, type Queryable, type Transaction } from '../pool.ts';
import type { DeletionModel, DeletionTarget } from './deletionModel.ts';

/** Orders the deletion; ordering again sets its date and actor anew. Answers the id of the order. */
export async function orderDeletion(
  tx: Transaction,
  { model, id }: DeletionTarget,
  order: Readonly<{ guid: string; actorId: string | null; delayHours: number }>,
): Promise<string> {
  const row = await one(tx, z.object({ id: z.string() }), {
    name: 'orderDeletion',
    text: `insert into scheduled_deletion (guid, model, object_id, date_scheduled, actor_id)
           values ($1, $2, $3, now() + make_interval(hours => $4), $5)
           on conflict on constraint scheduled_deletion_model_object_id_key
           do update set date_scheduled = excluded.date_scheduled, actor_id = excluded.actor_id, in_progress = false
           returning id`,
    values: [order.guid, model, id, order.delayHours, order.actorId],
  });
  return row.id;
}

/** Takes back an order whose deletion has not begun; answers whether there was one. */
export async function cancelOrder(
  tx: Transaction,
  { model, id }: DeletionTarget,
): Promise<boolean> {
  const cancelled = await exec(tx, {
    name: 'cancelOrder',
    text: 'delete from scheduled_deletion where model = $1 and object_id = $2 and not in_progress',
    values: [model, id],
  });
  return cancelled > 0;
}

/** How a deletion stands that is about to begin. */
export type Claim =
  | Readonly<{ isClaimed: true }>
  /** `waitMs` until its time comes; without it, it was taken back or is done. */
  | Readonly<{ isClaimed: false; waitMs?: number }>;

/** By model: the name of a table cannot be a parameter. */
const markInProgress = {
  project: `update project set status = 'deletion_in_progress'
             where id = $1 and status in ('pending_deletion', 'deletion_in_progress')`,
  organization: `update organization set status = 'deletion_in_progress'
                  where id = $1 and status in ('pending_deletion', 'deletion_in_progress')`,
} as const satisfies Record<DeletionModel, string>;

const orderRow = z.object({ id: z.string(), wait_ms: z.int() });

/**
 * Claims an ordered deletion whose time has come, after which it cannot be taken back. The order of what is gone, or
 * active again, is dropped.
 */
export async function claimDeletion(tx: Transaction, target: DeletionTarget): Promise<Claim> {
  const order = await maybeOne(tx, orderRow, {
    name: 'lockOrder',
    text: `select id, greatest(0, ceil(extract(epoch from date_scheduled - now()) * 1000))::int as wait_ms
             from scheduled_deletion where model = $1 and object_id = $2 for update`,
    values: [target.model, target.id],
  });
  if (order === null) return { isClaimed: false };
  if (order.wait_ms > 0) return { isClaimed: false, waitMs: order.wait_ms };
  const marked = await exec(tx, {
    name: `markInProgress_${target.model}`,
    text: markInProgress[target.model],
    values: [target.id],
  });
  if (marked === 0) {
    await dropOrder(tx, target);
    return { isClaimed: false };
  }
  await exec(tx, {
    name: 'markOrderInProgress',
    text: 'update scheduled_deletion set in_progress = true where id = $1',
    values: [order.id],
  });
  return { isClaimed: true };
}

export async function dropOrder(tx: Transaction, { model, id }: DeletionTarget): Promise<void> {
  await exec(tx, {
    name: 'dropOrder',
    text: 'delete from scheduled_deletion where model = $1 and object_id = $2',
    values: [model, id],
  });
}

const dueRow = z
  .object({
    model: z.enum(['project', 'organization']),
    id: z.string(),
    organization_slug: z.string(),
    slug: z.string(),
  })
  .transform(({ organization_slug, ...row }) => ({ ...row, organizationSlug: organization_slug }));

export type DueDeletion = z.output<typeof dueRow>;

/** Deletions whose time came some time ago, the oldest first. */
export function listDueDeletions(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<DueDeletion[]> {
  return many(db, dueRow, {
    name: 'listDueDeletions',
    text: `select model, object_id as id, coalesce(organization.slug, '') as organization_slug,
                  coalesce(kept.value ->> 'slug', project.slug, '') as slug
             from scheduled_deletion
             left join project on model = 'project' and project.id = object_id
             left join organization
               on organization.id = case model when 'organization' then object_id else project.organization_id end
             left join organization_option kept
               on kept.organization_id = project.organization_id and kept.key = 'pending-delete:Project:' || object_id
            where date_scheduled < now() - make_interval(secs => $1)
            order by date_scheduled
            limit $2`,
    values: [olderThanSeconds, limit],
  });
}
