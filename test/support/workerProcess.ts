import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { testServers } from './servers.ts';
import type { TestSlipway } from './slipway.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const program = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));

/** Workers of the product in processes of their own, to be killed. Those that are left are killed after the file. */
export class WorkerProcesses {
  private readonly slipway: TestSlipway;
  private readonly folder = temporaryFolder(afterAll);
  private readonly workers: ChildProcess[] = [];

  constructor(slipway: TestSlipway) {
    this.slipway = slipway;
    afterAll(() => this.end());
  }

  start(): ChildProcess {
    const { address, namespace } = this.slipway.temporal;
    const worker = spawn(process.execPath, [program], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        SLIPWAY_DIR: this.folder,
        DATABASE_URL: this.slipway.pool.options.connectionString,
        REDIS_URL: testServers().redisUrl,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: namespace,
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(this.folder, 'worker.log'), { flags: 'a' });
    worker.stdout.pipe(log);
    worker.stderr.pipe(log);
    this.workers.push(worker);
    return worker;
  }

  /** Without a chance to finish anything. */
  async kill(worker: ChildProcess): Promise<void> {
    const exited = once(worker, 'exit');
    worker.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
  }

  private async end(): Promise<void> {
    for (const worker of this.workers) worker.kill('SIGKILL');
    // Schedules outlive their worker, and the next test file in this namespace does not expect them.
    const { client } = this.slipway.temporal;
    for await (const { scheduleId } of client.schedule.list()) {
      await client.schedule.getHandle(scheduleId).delete();
    }
  }
}
