import { Worker, type NativeConnection } from '@temporalio/worker';
import { createDeliverActivities } from '../activities/deliver/createDeliverActivities.ts';
import type { Pool } from '../db/pool.ts';
import type { Config } from '../infra/config.ts';
import { SecretBox } from '../infra/secretBox.ts';
import { outboundTaskQueue } from '../workflows/deliverStart.ts';
import { buildWorkflowBundle } from './bundle.ts';

/** Deliveries wait for receivers more than they work. */
const DELIVERIES_MAX = 20;

/** Most deliveries are made at once and never come back; one that does replays in a moment. */
const CACHED_WORKFLOWS_MAX = 20;

/** An attempt takes ten seconds at most; one that is cut off is made again. */
const SHUTDOWN_GRACE_MS = 5_000;

/** The worker of the `outbound` task queue, apart from the releases: a slow receiver never takes their slots. */
export async function createOutboundWorker(
  options: Readonly<{
    connection: NativeConnection;
    namespace: string;
    pool: Pool;
    config: Pick<Config, 'secret' | 'allowPrivateUrls'>;
  }>,
): Promise<Worker> {
  const { config, pool } = options;
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: outboundTaskQueue,
    workflowBundle: { codePath: await buildWorkflowBundle() },
    activities: createDeliverActivities({
      pool,
      secrets: new SecretBox(config.secret),
      policy: { allowPrivate: config.allowPrivateUrls, allowFile: false },
    }),
    maxConcurrentActivityTaskExecutions: DELIVERIES_MAX,
    maxConcurrentWorkflowTaskExecutions: DELIVERIES_MAX,
    maxCachedWorkflows: CACHED_WORKFLOWS_MAX,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
  });
}
