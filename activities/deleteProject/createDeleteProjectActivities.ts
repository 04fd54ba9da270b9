import type { Client } from '@temporalio/client';
import { transaction, type Pool } from '../../db/pool.ts';
import { claimDeletion, removeProject } from '../../db/projectRows.ts';
import type { Logger } from '../../infra/logger.ts';
import { heartbeating } from '../heartbeating.ts';
import type { DeleteProjectActivities } from './deleteProjectActivities.ts';
import { deleteProjectRows } from './deleteProjectRows.ts';
import { startPendingDeletions } from './startPendingDeletions.ts';

export function createDeleteProjectActivities(
  deps: Readonly<{ pool: Pool; client: Client; logger: Logger }>,
): DeleteProjectActivities {
  const { pool } = deps;
  return {
    claimProjectDeletion: async ({ projectId }) => ({
      isClaimed: await transaction(pool, (tx) => claimDeletion(tx, projectId)),
    }),
    deleteProjectRows: (input) => heartbeating((beat) => deleteProjectRows(pool, input, beat)),
    removeProject: ({ projectId }) =>
      heartbeating(() => transaction(pool, (tx) => removeProject(tx, projectId))),
    startPendingDeletions: () => startPendingDeletions(deps),
  };
}
