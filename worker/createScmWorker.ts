import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createFetchActivities } from '../activities/fetch/createFetchActivities.ts';
import type { Pool } from '../db/pool.ts';
import type { Config } from '../infra/config.ts';
import { createScmRegistry } from '../infra/scm/registry.ts';
import { SecretBox } from '../infra/secretBox.ts';
import { scmTaskQueue, type FetchTimes } from '../workflows/fetchStart.ts';
import { buildWorkflowBundle } from './bundle.ts';
import { STICKY_TIMEOUT_MS } from './createWorker.ts';

/** Fetches wait for hosts more than they work; each may run a git process. */
const FETCHES_MAX = 10;

/** A fetch that is not cached replays in a moment: its history is short. */
const CACHED_WORKFLOWS_MAX = 50;

/** An interrupted fetch goes on from its stored cursor, so there is no point in waiting for long. */
const SHUTDOWN_GRACE_MS = 5_000;

/** The worker of the `scm` task queue, apart from the releases: a slow host never takes their slots. */
export async function createScmWorker(
  options: Readonly<{
    connection: NativeConnection;
    namespace: string;
    pool: Pool;
    client: Client;
    config: Pick<Config, 'stateDir' | 'secret' | 'publicUrl' | 'gitAllowFile' | 'allowPrivateUrls'>;
    fetchTimes?: FetchTimes | undefined;
    /** Of one request to a host; that of the product unless given. */
    requestTimeoutMs?: number | undefined;
  }>,
): Promise<Worker> {
  const { config, pool, client, fetchTimes, requestTimeoutMs } = options;
  const scm = createScmRegistry({
    git: { folder: join(config.stateDir, 'mirrors') },
    policy: { allowPrivate: config.allowPrivateUrls, allowFile: config.gitAllowFile },
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
  return Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: scmTaskQueue,
    workflowBundle: { codePath: await buildWorkflowBundle() },
    activities: createFetchActivities({
      pool,
      client,
      scm,
      secrets: new SecretBox(config.secret),
      instanceHost: new URL(config.publicUrl).host,
      fetchTimes,
    }),
    maxConcurrentActivityTaskExecutions: FETCHES_MAX,
    maxCachedWorkflows: CACHED_WORKFLOWS_MAX,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT_MS,
    shutdownGraceTime: SHUTDOWN_GRACE_MS,
  });
}
