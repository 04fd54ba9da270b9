import { z } from 'zod';
import { cancelOrder } from './deletion/deletionOrders.ts';
import { exec, maybeOne, type Transaction } from './pool.ts';

/**
 * Takes an organization out of sight; answers what came of it. The only active one stays: an installation without any
 * would have nobody who can bring it back.
 */
export async function markOrganizationForDeletion(
  tx: Transaction,
  organizationId: string,
): Promise<'marked' | 'markedBefore' | 'isOnlyOne'> {
  // Two organizations that are deleted at the same time must not both rely on the other.
  await exec(tx, {
    name: 'lockOrganizationDeletions',
    text: `select pg_advisory_xact_lock(hashtextextended('organization deletion', 0))`,
    values: [],
  });
  const row = await maybeOne(tx, z.object({ is_only_one: z.boolean() }), {
    name: 'lockActiveOrganization',
    text: `select not exists (
                    select from organization other where other.id <> organization.id and other.status = 'active')
                  as is_only_one
             from organization where id = $1 and status = 'active' for update`,
    values: [organizationId],
  });
  if (row === null) return 'markedBefore';
  if (row.is_only_one) return 'isOnlyOne';
  await exec(tx, {
    name: 'markOrganizationForDeletion',
    text: `update organization set status = 'pending_deletion' where id = $1`,
    values: [organizationId],
  });
  return 'marked';
}

/** Takes back a deletion that has not begun; answers whether there was one. */
export async function restoreOrganization(
  tx: Transaction,
  organizationId: string,
): Promise<boolean> {
  if (!(await cancelOrder(tx, { model: 'organization', id: organizationId }))) return false;
  const restored = await exec(tx, {
    name: 'restoreOrganization',
    text: `update organization set status = 'active' where id = $1 and status = 'pending_deletion'`,
    values: [organizationId],
  });
  return restored > 0;
}
