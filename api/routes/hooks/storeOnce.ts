import { rememberDelivery } from '../../../db/hooks/hookDeliveries.ts';
import { classifyDatabaseError } from '../../../db/pgErrors.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import type { AppContext } from '../../context.ts';

/** A write of the same rows at the same time may cost a deadlock; three in a row are no coincidence. */
const ATTEMPTS_MAX = 3;

/** Stores what a delivery says unless that was done before; then the answer is null. */
export async function storeOnce<T>(
  context: AppContext,
  { organizationId, deliveryId }: Readonly<{ organizationId: string; deliveryId: string }>,
  store: (tx: Transaction) => Promise<T>,
): Promise<{ stored: T } | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(context.pool, async (tx) => {
        const isNew = await rememberDelivery(tx, organizationId, deliveryId);
        return isNew ? { stored: await store(tx) } : null;
      });
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || classifyDatabaseError(error) !== 'transient') throw error;
    }
  }
}
