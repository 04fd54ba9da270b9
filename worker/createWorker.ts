import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../activities/createActivities.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../infra/logger.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';
import { buildWorkflowBundle } from './bundle.ts';

/** Activities in flight at once; each needs a connection, so the pool is a little larger. */
export const ACTIVITIES_MAX = 16;

/** Caps the sticky cache: 200 actors take about as much memory as the rest of the worker (DESIGN 6). */
const CACHED_WORKFLOWS_MAX = 200;

/** Longer than any short activity takes; chunked ones resume at their cursor on the next worker. */
const SHUTDOWN_GRACE_MS = 15_000;

/** The worker of the release task queue: workflows, and the activities that touch the database. */
export async function createWorker(
  options: Readonly<{
    connection: NativeConnection;
    namespace: string;
    pool: Pool;
    client: Client;
    logger: Logger;
  }>,
): Promise<Worker> {
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: releaseTaskQueue,
    workflowBundle: { codePath: await buildWorkflowBundle() },
    activities: createActivities(options),
    maxConcurrentActivityTaskExecutions: ACTIVITIES_MAX,
    maxConcurrentLocalActivityExecutions: ACTIVITIES_MAX,
    maxCachedWorkflows: CACHED_WORKFLOWS_MAX,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
  });
}
