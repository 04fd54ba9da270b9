import { z } from 'zod';
import { appendStatusSync } from '../outbox/appendStatusSync.ts';
import { maybeOne, type Transaction } from '../pool.ts';
import { lockGroups } from './lockGroups.ts';
import { setOpenStatus } from './setOpenStatus.ts';

/**
 * In organizations that resolve on commit, an issue that a text no longer says it resolves is open again
 * (groups-projects-orgs 1.4, decisions 21). Elsewhere a text resolves nothing by itself, so nothing is taken back.
 * @param groupIds the issues whose links went.
 */
export async function reopenUnlinked(
  tx: Transaction,
  organizationId: string,
  groupIds: readonly string[],
): Promise<void> {
  if (groupIds.length === 0 || !(await resolvesOnCommit(tx, organizationId))) return;
  const locked = await lockGroups(tx, [...new Set(groupIds)]);
  const reopened = await setOpenStatus(
    tx,
    locked.filter(({ status }) => status === 'resolved'),
    { status: 'unresolved', substatus: 'ongoing', details: {}, isIdentified: true },
    null,
  );
  await appendStatusSync(tx, reopened, false);
}

async function resolvesOnCommit(tx: Transaction, organizationId: string): Promise<boolean> {
  const option = await maybeOne(tx, z.object({ is_set: z.boolean() }), {
    name: 'resolvesOnCommit',
    text: `select value::text = 'true' as is_set from organization_option
            where organization_id = $1 and key = 'slipway:resolve_on_commit'`,
    values: [organizationId],
  });
  return option?.is_set ?? false;
}
