import type { Client } from '@temporalio/client';
import type { Pool } from '../../db/pool.ts';
import { listDueDeletions } from '../../db/projectDeletion.ts';
import type { Logger } from '../../infra/logger.ts';
import type { deleteProject } from '../../workflows/deleteProject.ts';
import { deleteProjectStart } from '../../workflows/deleteProjectStart.ts';

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
      await deps.client.workflow.start<typeof deleteProject>(
        'deleteProject',
        deleteProjectStart(deletion),
      );
      started += 1;
    } catch (error) {
      deps.logger.warn({ err: error, ...deletion }, 'The deletion of a project was not started');
    }
  }
  return { started };
}
