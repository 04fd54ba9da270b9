import { exec, type Transaction } from '../pool.ts';
import { dropOrder } from './deletionOrders.ts';
import type { DeletionModel, DeletionTarget } from './deletionModel.ts';
import { deleteStepRows, listDeletionSteps } from './deletionSteps.ts';

/** By model: the name of a table cannot be a parameter. */
const statements = {
  project: {
    lock: `select from project where id = $1 and status = 'deletion_in_progress' for update`,
    remove: `with removed as (delete from project where id = $1::bigint returning id, organization_id),
                  forgotten as (
                    delete from organization_option using removed
                     where organization_option.organization_id = removed.organization_id
                       and key = 'pending-delete:Project:' || removed.id)
             insert into tombstone (table_name, object_id) select 'project', id from removed
             on conflict on constraint tombstone_pkey do nothing`,
  },
  organization: {
    lock: `select from organization where id = $1 and status = 'deletion_in_progress' for update`,
    remove: `with removed as (delete from organization where id = $1::bigint returning id)
             insert into tombstone (table_name, object_id) select 'organization', id from removed
             on conflict on constraint tombstone_pkey do nothing`,
  },
} as const satisfies Record<DeletionModel, Readonly<{ lock: string; remove: string }>>;

/**
 * Ends a deletion: what came in since its tables were emptied, the row itself and the order, and the tombstone in its
 * place. The lock comes first: what refers to the row can then neither be added nor be on its way.
 */
export async function removeTarget(tx: Transaction, target: DeletionTarget): Promise<void> {
  const { model, id } = target;
  const { lock, remove } = statements[model];
  const isThere = await exec(tx, { name: `lockDeleted_${model}`, text: lock, values: [id] });
  if (isThere > 0) {
    for (const step of await listDeletionSteps(tx, model)) {
      await deleteStepRows(tx, step, id, null);
    }
    await exec(tx, { name: `remove_${model}`, text: remove, values: [id] });
  }
  await dropOrder(tx, target);
}
