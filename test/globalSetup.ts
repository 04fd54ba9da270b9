import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '../db/migrate.ts';
import { embeddedPostgres, ensureDatabase, postgresUrl } from '../scripts/embedded/postgres.ts';
import { embeddedRedis } from '../scripts/embedded/redis.ts';
import { embeddedTemporal } from '../scripts/embedded/temporal.ts';
import { temporalBinary } from '../scripts/embedded/temporalBinary.ts';
import { freePorts } from '../scripts/process/ports.ts';
import { startReaper } from '../scripts/process/reaper.ts';
import { startProgram, type RunningProgram } from '../scripts/process/startProgram.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URL of the database `postgres`, for making and dropping databases. */
    adminDatabaseUrl: string;
    /** Migrated and never opened: databases of test files are clones of it. */
    templateDatabase: string;
    redisUrl: string;
    temporalAddress: string;
    temporalNamespace: string;
  }
}

const TEMPLATE_DATABASE = 'slipway_template';
const NAMESPACE = 'default';

/** One Postgres, one Redis and one Temporal server for the whole run, on free ports, in a folder that goes away. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-test-'));
  // Where the tests run as root, Postgres runs as another user and passes through.
  await chmod(folder, 0o711);
  const running: RunningProgram[] = [];
  // A run that is killed takes its servers with it.
  const reaper = startReaper({
    listFile: join(folder, 'wards'),
    logFile: join(folder, 'reaper.log'),
  });
  const teardown = async (): Promise<void> => {
    await Promise.all(running.map((program) => program.stop()));
    await reaper.dismiss();
    if (process.env['SLIPWAY_TEST_KEEP'] === '1') tell(`The servers' files are kept in ${folder}.`);
    else await rm(folder, { recursive: true, force: true });
  };
  try {
    const [postgresPort, redisPort, temporalPort, httpPort] = await fourPorts();
    const postgres = { port: postgresPort, password: 'test' };
    const start = async (program: Parameters<typeof startProgram>[0]): Promise<void> => {
      running.push(await startProgram(program, join(folder, 'logs', `${program.name}.log`)));
      reaper.watch(running.map(({ ward }) => ward));
    };
    await allStarted([
      embeddedPostgres({ ...postgres, dataDir: join(folder, 'postgres'), durable: false, tell })
        .then(start)
        .then(() => prepareTemplate(postgres)),
      embeddedRedis({ dataDir: join(folder, 'redis'), port: redisPort, durable: false, tell }).then(
        start,
      ),
      temporalBinary({ tell })
        .then((binary) =>
          embeddedTemporal({
            binary,
            databaseFile: join(folder, 'temporal', 'temporal.db'),
            namespace: NAMESPACE,
            otherNamespaces: testNamespaces(project.config.maxWorkers),
            port: temporalPort,
            httpPort,
            uiPort: null,
          }),
        )
        .then(start),
    ]);
    project.provide('adminDatabaseUrl', postgresUrl(postgres, 'postgres'));
    project.provide('templateDatabase', TEMPLATE_DATABASE);
    project.provide('redisUrl', `redis://127.0.0.1:${redisPort}`);
    project.provide('temporalAddress', `127.0.0.1:${temporalPort}`);
    project.provide('temporalNamespace', NAMESPACE);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

/** Waits for all even when one fails, so that whatever did start is known to the teardown. */
async function allStarted(starts: readonly Promise<void>[]): Promise<void> {
  const failures = (await Promise.allSettled(starts)).flatMap((start) =>
    start.status === 'rejected' ? [start.reason as Error] : [],
  );
  if (failures.length > 0) {
    throw new Error(failures.map(({ message }) => message).join('\n'), { cause: failures[0] });
  }
}

async function prepareTemplate(postgres: { port: number; password: string }): Promise<void> {
  await ensureDatabase(postgresUrl(postgres, 'postgres'), TEMPLATE_DATABASE);
  await migrate(postgresUrl(postgres, TEMPLATE_DATABASE));
}

/** One for each test process (test/support/temporal.ts): a namespace made later is not known everywhere at once. */
function testNamespaces(processes: number | string): string[] {
  return Array.from({ length: Number(processes) }, (_, index) => `test-${index + 1}`);
}

async function fourPorts(): Promise<[number, number, number, number]> {
  const [first, second, third, fourth] = await freePorts(4);
  return [first!, second!, third!, fourth!];
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
