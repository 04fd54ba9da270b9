import { normaliseCommits } from '../../../domain/commitList.ts';
import { rememberDelivery } from '../../../db/hooks/hookDeliveries.ts';
import { classifyDatabaseError } from '../../../db/pgErrors.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import { storePullRequest } from '../../../db/pullRequests/storePullRequest.ts';
import { storeCommits } from '../../../db/releases/storeCommits.ts';
import { toCommitRecord } from '../../../infra/scm/commitRecord.ts';
import type { AppContext } from '../../context.ts';
import type { Delivery } from './hookEvent.ts';

/** A fetch of the same commits at the same time may cost a deadlock; three in a row are no coincidence. */
const ATTEMPTS_MAX = 3;

/** Stores what a delivery says, once; answers whether it was new. */
export async function storeDelivery(context: AppContext, delivery: Delivery): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(context.pool, async (tx) => {
        const { organizationId, deliveryId } = delivery;
        const isNew = await rememberDelivery(tx, organizationId, deliveryId);
        if (isNew) await store(tx, new URL(context.config.publicUrl).host, delivery);
        return isNew;
      });
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || classifyDatabaseError(error) !== 'transient') throw error;
    }
  }
}

async function store(
  tx: Transaction,
  instanceHost: string,
  { organizationId, event, repositories }: Delivery,
): Promise<void> {
  const scope = { organizationId, instanceHost };
  if (event.kind === 'push') {
    const records = repositories.flatMap(({ name }) =>
      // What is left out here comes with the fetch, which says so.
      event.commits.map((commit) => toCommitRecord(commit, name, () => undefined)),
    );
    await storeCommits(tx, scope, normaliseCommits(records, organizationId));
    return;
  }
  // Seldom more than one: two rows for one repository of a host.
  for (const { id } of repositories) await storePullRequest(tx, scope, id, event.pullRequest);
}
