import type { Client } from '@temporalio/client';
import { listPendingOperations } from '../db/operations.ts';
import type { Pool } from '../db/pool.ts';
import { listReleaseProjectSlugs } from '../db/releases/listReleaseProjectSlugs.ts';
import type { ReleaseStep } from '../domain/operation.ts';
import type { Logger } from '../infra/logger.ts';
import { nudgeStaleReleases } from './reconcile/nudgeStaleReleases.ts';
import type { ReconcileActivities } from './reconcile/reconcileActivities.ts';
import { applyRun, type StepApplier } from './release/applyRun.ts';
import { clearCommits } from './release/clearCommits.ts';
import { createRelease } from './release/createRelease.ts';
import { deleteRelease } from './release/deleteRelease.ts';
import { recordDeploys } from './release/recordDeploys.ts';
import type { ReleaseActivities, RunInput, RunResult } from './release/releaseActivities.ts';
import { prepareCommits, setCommits } from './release/setCommits.ts';
import { setRefs } from './release/setRefs.ts';
import { updateRelease } from './release/updateRelease.ts';

/** A pass takes at most this many operations at a time: enough to batch, few enough for a short transaction. */
const PAGE_SIZE = 32;

export type ActivityDependencies = Readonly<{ pool: Pool; client: Client; logger: Logger }>;

/** The one place where dependencies enter the activities. */
export function createActivities(
  deps: ActivityDependencies,
): ReleaseActivities & ReconcileActivities {
  const step =
    (name: ReleaseStep, apply: StepApplier) =>
    (input: RunInput): Promise<RunResult> =>
      applyRun(deps, name, apply, input);

  return {
    nextOperations: async ({ release }) => {
      const [operations, projects] = await Promise.all([
        listPendingOperations(deps.pool, release, PAGE_SIZE),
        listReleaseProjectSlugs(deps.pool, release),
      ]);
      return { operations, more: operations.length === PAGE_SIZE, projects };
    },
    createRelease: step('createRelease', createRelease),
    updateRelease: step('updateRelease', updateRelease),
    setCommits: async (input) => {
      await prepareCommits(deps.pool, input);
      return applyRun(deps, 'setCommits', setCommits, input);
    },
    clearCommits: step('clearCommits', clearCommits),
    setRefs: step('setRefs', setRefs),
    recordDeploys: step('recordDeploys', recordDeploys),
    deleteRelease: step('deleteRelease', deleteRelease),
    nudgeStaleReleases: () => nudgeStaleReleases(deps),
  };
}
