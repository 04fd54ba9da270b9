import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities/createActivities.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../infra/logger.ts';
import type { DeliveryTimes } from '../workflows/deliverStart.ts';
import type { FetchTimes } from '../workflows/fetchStart.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import { buildWorkflowBundle } from './bundle.ts';

/** Activities in flight at once; each needs a connection, so the pool is a little larger. */
export const ACTIVITIES_MAX = 16;

/**
 * Caps the sticky cache: 200 actors take about as much memory as the rest of the worker (DESIGN 6). It must stay several
 * times the 40 workflow tasks in flight: a run that is evicted in the middle of a local activity loses it, and its
 * callers wait for the timeout of their task.
 */
const CACHED_WORKFLOWS_MAX = 200;

/** Longer than any short activity takes; chunked ones resume at their cursor on the next worker. */
const SHUTDOWN_GRACE_MS = 15_000;

/**
 * A task that a dead worker left in its own queue goes to the others after this: before callers stop waiting, and
 * longer than a busy worker leaves one lying.
 */
export const STICKY_TIMEOUT_MS = 5_000;

/** The worker of the release task queue: workflows, and the activities that touch the database. */
export async function createWorker(
  options: Readonly<{
    connection: NativeConnection;
    namespace: string;
    pool: Pool;
    client: Client;
    logger: Logger;
    /** Host of the public URL. */
    instanceHost: string;
    /** Those of the product unless given. */
    activities?: ReturnType<typeof createActivities>;
    eventRetentionDays?: number | undefined;
    operationRetentionDays?: number | undefined;
    fetchTimes?: FetchTimes | undefined;
    deliveryTimes?: DeliveryTimes | undefined;
    /** 1 makes releases push each other out and replay from the start. */
    maxCachedWorkflows?: number;
  }>,
): Promise<Worker> {
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: releaseTaskQueue,
    workflowBundle: { codePath: await buildWorkflowBundle() },
    activities: options.activities ?? createActivities(options),
    maxConcurrentActivityTaskExecutions: ACTIVITIES_MAX,
    maxConcurrentLocalActivityExecutions: ACTIVITIES_MAX,
    maxCachedWorkflows: options.maxCachedWorkflows ?? CACHED_WORKFLOWS_MAX,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
  });
}
