import type { Client } from '@temporalio/client';
import { listDueDeletions } from '../../db/deletion/deletionOrders.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import { deletionStart } from '../../workflows/deletionStart.ts';

/** Whoever orders a deletion starts it within moments; one that is older was left behind. */
const LEFT_BEHIND_AFTER_SECONDS = 30;

/** A backlog after an outage of Temporal is worked off over a few minutes. */
const STARTED_MAX = 50;

type Dependencies = Readonly<{ pool: Pool; client: Client; logger: Logger }>;

/** One that is under way is not started again, and one that cannot be started does not keep the others from it. */
export async function startPendingDeletions(deps: Dependencies): Promise<{ started: number }> {
  const due = await listDueDeletions(deps.pool, LEFT_BEHIND_AFTER_SECONDS, STARTED_MAX);
  let started = 0;
  for (const deletion of due) {
    try {
      const { workflowType, options } = deletionStart(deletion);
      await deps.client.workflow.start(workflowType, options);
      started += 1;
    } catch (error) {
      deps.logger.warn({ err: error, ...deletion }, 'A deletion was not started');
    }
  }
  return { started };
}
