import type { Transaction } from '../pool.ts';
import { addToInbox } from './inbox.ts';
import { lockGroups } from './lockGroups.ts';
import { setOpenStatus } from './setOpenStatus.ts';
import { findAwakened } from './snooze.ts';

/**
 * Of these ignored groups those that were ignored until now come back, and wait for review.
 * @returns how many did.
 */
export async function wakeIgnored(tx: Transaction, groupIds: readonly string[]): Promise<number> {
  const awakened = await findAwakened(tx, groupIds);
  if (awakened.length === 0) return 0;
  const status = { status: 'unresolved', substatus: 'ongoing', details: {} } as const;
  const changed = await setOpenStatus(tx, await lockGroups(tx, awakened), status, null);
  await addToInbox(tx, changed, 'ongoing');
  return changed.length;
}
