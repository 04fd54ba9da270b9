import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../scripts/process/ports.ts';
import { ActorBench } from './support/actor.ts';
import {
  allowedStatuses,
  createReleaseWrite,
  nextWrite,
  sendUntilAcknowledged,
  waitUntilServed,
  type Write,
} from './support/persistentWrites.ts';
import { testServers } from './support/servers.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/**
 * Real processes under fire: API and worker are killed with SIGKILL at random moments and started again, while clients
 * write with idempotency keys and send again what got no answer or a 503. In the end every acknowledged write is there
 * exactly once, and no client ever saw anything else than success, 503 or a broken connection.
 */
const slipway = useSlipway({ worker: false });
const bench = new ActorBench(slipway);

const CLIENTS = 6;
const LOAD_MS = 12_000;
const releases = ['fire-1', 'fire-2', 'fire-3'];

/** A program of the product that a test can kill; starts again by itself until it is stopped. */
class Service {
  kills = 0;
  private readonly program: string;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly logFile: string;
  private child!: ChildProcess;
  private isStopped = false;

  constructor(program: string, environment: NodeJS.ProcessEnv, logFile: string) {
    this.program = program;
    this.environment = environment;
    this.logFile = logFile;
    this.start();
  }

  kill(): void {
    this.kills += 1;
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private start(): void {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    this.child = spawn(process.execPath, [this.program], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.pipe(log);
    this.child.stderr?.pipe(log);
    this.child.once('exit', () => {
      if (!this.isStopped) this.start();
    });
  }
}

test('every acknowledged write is there exactly once, whatever is killed whenever', async () => {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const server = { url, token: slipway.tenant.ownerToken };
  const folder = temporaryFolder();
  const { namespace, address, client } = slipway.temporal;
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    SLIPWAY_DIR: folder,
    PORT: String(port),
    DATABASE_URL: bench.databaseUrl,
    REDIS_URL: testServers().redisUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    SLIPWAY_WRITE_WAIT_MS: '2000',
    LOG_LEVEL: 'warn',
  };
  const program = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
  const worker = new Service(program('worker/main.ts'), environment, join(folder, 'worker.log'));
  const api = new Service(program('api/main.ts'), environment, join(folder, 'api.log'));
  try {
    await waitUntilServed(url);
    for (const version of releases) {
      await sendUntilAcknowledged(server, createReleaseWrite(version));
    }

    const until = Date.now() + LOAD_MS;
    const sent: { write: Write; statuses: number[] }[] = [];
    const load = Array.from({ length: CLIENTS }, async (_, index) => {
      for (let count = index; Date.now() < until; count += 1) {
        const write = nextWrite(releases[(index + count) % releases.length]!, count);
        sent.push({ write, statuses: await sendUntilAcknowledged(server, write) });
        await delay(Math.random() * 60);
      }
    });
    const chaos = async (): Promise<void> => {
      for (const victims of [[worker], [api], [worker], [api, worker]]) {
        await delay(1_500 + Math.random() * 1_000);
        for (const victim of victims) victim.kill();
      }
    };
    await Promise.all([...load, chaos()]);

    // What was only accepted is applied by the next command of its release at the latest.
    await waitUntilServed(url);
    for (const version of releases) {
      const write = nextWrite(version, 0);
      sent.push({ write, statuses: await sendUntilAcknowledged(server, write) });
    }
    await Promise.all(releases.map((version) => bench.settled(version)));

    const odd = sent
      .flatMap(({ statuses }) => statuses)
      .filter((status) => !allowedStatuses.has(status));
    expect(odd).toEqual([]);
    const { rows: operations } = await slipway.pool.query<{ key: string; status: string }>(
      'select idempotency_key as key, status from operation where idempotency_key = any($1)',
      [sent.map(({ write }) => write.key)],
    );
    expect(operations.filter(({ status }) => status !== 'done')).toEqual([]);
    expect(operations.length).toBe(sent.length);
    const { rows: deploys } = await slipway.pool.query<{ name: string }>('select name from deploy');
    const deployed = sent.filter(({ write }) => 'environment' in write.body);
    expect(deploys.map(({ name }) => name).toSorted()).toEqual(
      deployed.map(({ write }) => write.key).toSorted(),
    );
    for (const version of releases) {
      const writes = sent.filter(({ write }) => write.version === version);
      expect(await bench.release(version)).toMatchObject({ applied_revision: writes.length + 1 });
    }
    expect({ worker: worker.kills, api: api.kills }).toEqual({ worker: 3, api: 2 });
    expect(sent.length).toBeGreaterThan(CLIENTS * 3);
  } finally {
    await Promise.all([worker.stop(), api.stop()]);
    // Schedules outlive their worker, and the next test file in this namespace does not expect them.
    for await (const { scheduleId } of client.schedule.list()) {
      await client.schedule.getHandle(scheduleId).delete();
    }
  }
}, 60_000);
