import type { Client } from '@temporalio/client';
import type { Pool } from '../db/pool.ts';
import type { ReleaseStep } from '../domain/operation.ts';
import type { Logger } from '../infra/logger.ts';
import { createDeletionActivities } from './deletion/createDeletionActivities.ts';
import type { DeletionActivities } from './deletion/deletionActivities.ts';
import { scheduleResyncs, type ScheduleResyncsActivities } from './fetch/scheduleResyncs.ts';
import { startFetches } from './fetch/startFetches.ts';
import { heartbeating } from './heartbeating.ts';
import { createHousekeepingActivities } from './housekeeping/createHousekeepingActivities.ts';
import type { HousekeepingActivities } from './housekeeping/housekeepingActivities.ts';
import { OutboxRelay, type Announce } from './outbox/outboxRelay.ts';
import { relayOutbox, type RelayActivities } from './outbox/relayOutbox.ts';
import { nudgeStaleReleases } from './reconcile/nudgeStaleReleases.ts';
import type { ReconcileActivities } from './reconcile/reconcileActivities.ts';
import { applyRun, type Step, type StepApplier } from './release/applyRun.ts';
import { clearCommits } from './release/clearCommits.ts';
import { createRelease } from './release/createRelease.ts';
import { deleteRelease } from './release/deleteRelease.ts';
import { nextOperations } from './release/nextOperations.ts';
import { recordDeploys } from './release/recordDeploys.ts';
import type { ReleaseActivities, RunInput, RunResult } from './release/releaseActivities.ts';
import { prepareCommits, setCommits } from './release/setCommits.ts';
import { setRefs } from './release/setRefs.ts';
import { updateRelease } from './release/updateRelease.ts';
import type { DeliveryTimes } from '../workflows/deliverStart.ts';
import type { FetchTimes } from '../workflows/fetchStart.ts';

export type ActivityDependencies = Readonly<{
  pool: Pool;
  client: Client;
  logger: Logger;
  /** Host of the public URL: links to it in commit messages name issues. */
  instanceHost: string;
  /** Those of the product unless given. */
  eventRetentionDays?: number | undefined;
  operationRetentionDays?: number | undefined;
  fetchTimes?: FetchTimes | undefined;
  deliveryTimes?: DeliveryTimes | undefined;
}>;

/** The one place where dependencies enter the activities. */
export function createActivities(
  deps: ActivityDependencies,
): ReleaseActivities &
  ReconcileActivities &
  RelayActivities &
  ScheduleResyncsActivities &
  DeletionActivities &
  HousekeepingActivities {
  const run =
    (step: Step) =>
    (input: RunInput): Promise<RunResult> =>
      applyRun(deps, step, input);
  const relay = new OutboxRelay(deps);
  const runAnnouncing =
    (name: ReleaseStep, apply: (announce: Announce) => StepApplier) =>
    (input: RunInput): Promise<RunResult> =>
      relay.relaying(({ events }) => applyRun(deps, { name, apply: apply(events) }, input));

  return {
    ...createDeletionActivities({ ...deps, relay }),
    ...createHousekeepingActivities({ ...deps, relay }),
    nextOperations: (query) => nextOperations(deps.pool, query),
    createRelease: runAnnouncing('createRelease', createRelease),
    updateRelease: runAnnouncing('updateRelease', updateRelease),
    setCommits: (input) =>
      relay.relaying(({ resolved }) =>
        heartbeating((beat) =>
          applyRun(
            deps,
            {
              name: 'setCommits',
              apply: setCommits(deps.instanceHost, resolved),
              prepare: (part) => prepareCommits(deps.pool, part, deps.instanceHost, beat),
            },
            input,
          ),
        ),
      ),
    clearCommits: run({ name: 'clearCommits', apply: clearCommits }),
    setRefs: async (input) => {
      const result = await applyRun(deps, { name: 'setRefs', apply: setRefs }, input);
      await startFetches(deps, input.release);
      return result;
    },
    recordDeploys: runAnnouncing('recordDeploys', recordDeploys),
    deleteRelease: run({ name: 'deleteRelease', apply: deleteRelease }),
    nudgeStaleReleases: () => nudgeStaleReleases(deps),
    relayOutbox: () => relayOutbox(deps.pool, relay),
    scheduleResyncs: () => scheduleResyncs(deps),
  };
}
