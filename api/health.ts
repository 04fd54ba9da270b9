import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Redis } from 'ioredis';
import type { Pool } from '../db/pool.ts';
import { WorkerPresence } from '../infra/workerPresence.ts';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';

/** A part that does not answer within this time is missing: probes of orchestrators time out after a few seconds. */
const CHECK_TIMEOUT_MS = 2_000;

/** A poller that has not asked for work for this long is gone; long polls return within 60 s. */
const POLLER_FRESH_MS = 75_000;

export type Part = 'postgres' | 'redis' | 'temporal' | 'worker';

/** Says which of the parts that Slipway stands on do not answer. */
export class Health {
  private readonly pool: Pool;
  private readonly redis: Redis;
  private readonly connection: Connection;
  private readonly namespace: string;
  private readonly workers: WorkerPresence;

  constructor(options: { pool: Pool; redis: Redis; connection: Connection; namespace: string }) {
    this.pool = options.pool;
    this.redis = options.redis;
    this.connection = options.connection;
    this.namespace = options.namespace;
    this.workers = new WorkerPresence(options.redis, options.namespace);
  }

  async missing(): Promise<Part[]> {
    const checks: Record<Part, Promise<unknown>> = {
      postgres: this.pool.query('select 1'),
      redis: this.redis.ping(),
      temporal: this.checkTemporal(),
      worker: this.checkWorker(),
    };
    const parts = Object.entries(checks) as [Part, Promise<unknown>][];
    const answers = await Promise.all(parts.map(([, check]) => succeedsInTime(check)));
    return parts.filter((_, index) => answers[index] === false).map(([part]) => part);
  }

  private checkTemporal(): Promise<unknown> {
    return this.connection.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
      this.connection.workflowService.getSystemInfo({}),
    );
  }

  private async checkWorker(): Promise<void> {
    if ((await this.workers.isAnnounced()) === false) throw new Error('No worker is there');
    const { pollers } = await this.connection.withDeadline(Date.now() + CHECK_TIMEOUT_MS, () =>
      this.connection.workflowService.describeTaskQueue({
        namespace: this.namespace,
        taskQueue: { name: releaseTaskQueue },
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
      }),
    );
    const isFresh = pollers.some(
      ({ lastAccessTime }) =>
        Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - POLLER_FRESH_MS,
    );
    if (!isFresh) throw new Error('No worker polls the release task queue');
  }
}

async function succeedsInTime(check: Promise<unknown>): Promise<boolean> {
  const timeUp = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeUp.resolve(false), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([
      check.then(
        () => true,
        () => false,
      ),
      timeUp.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
