// `npm start` as a person runs it, in a copy of the checkout, against real servers. In order: it answers, its three
// lines create a release, those of the README one with commits and a deploy, a second one is refused, a killed part comes back, SIGTERM ends all of it, data survives the
// restart, nothing survives a kill -9 of the supervisor, a start can be given up, given servers are used.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../scripts/process/ports.ts';
import { identify } from '../../scripts/process/processIdentity.ts';
import { waitUntil } from '../../scripts/process/waitUntil.ts';
import { cloneDatabase } from '../support/database.ts';
import { GitRepository } from '../support/gitRepository.ts';
import { testServers } from '../support/servers.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const NOT_COPIED = new Set(['.git', '.slipway', 'build', 'coverage', 'node_modules']);
/** Generous: the rest of the suite runs beside it. */
const START_TIMEOUT_MS = 90_000;
const TEST_TIMEOUT_MS = 120_000;

const idSchema = z.string().regex(/^\d+$/);

const devFileSchema = z.strictObject({
  url: z.url(),
  organization: z.literal('acme'),
  projects: z.tuple([
    z.strictObject({ id: idSchema, slug: z.literal('web'), dsn: z.url() }),
    z.strictObject({ id: idSchema, slug: z.literal('api'), dsn: z.url() }),
  ]),
  token: z.string().startsWith('sntryu_'),
  orgToken: z.string().startsWith('sntrys_'),
  temporalAddress: z.string().regex(/^127\.0\.0\.1:\d+$/),
  temporalNamespace: z.literal('default'),
  temporalUi: z.url(),
  databaseUrl: z.url({ protocol: /^postgres$/ }),
  redisUrl: z.url({ protocol: /^redis$/ }),
  pids: z.partialRecord(z.enum(['api', 'worker', 'postgres', 'redis', 'temporal']), z.number()),
});

type DevFile = z.infer<typeof devFileSchema>;

const database = cloneDatabase();
const folder = mkdtempSync(join(tmpdir(), 'slipway-start-'));
const checkout = join(folder, 'checkout');
const devFile = join(checkout, '.slipway', 'dev.json');
const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
const started: ChildProcess[] = [];

beforeAll(async () => {
  cpSync(ROOT, checkout, {
    recursive: true,
    filter: (path) => !NOT_COPIED.has(basename(path)),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const [port] = await freePorts(1);
  environment['PORT'] = String(port);
});

afterAll(async () => {
  for (const npm of started.filter(
    ({ exitCode, signalCode }) => (exitCode ?? signalCode) === null,
  )) {
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Runs `npm start` and returns once it has printed a line that starts with `line`. */
async function startUntil(line: string, env = environment) {
  const npm = spawn('npm', ['start'], { cwd: checkout, env });
  started.push(npm);
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  await waitUntil(
    line,
    () => {
      if (npm.exitCode !== null) throw new Error(`npm start ended:\n${text}`);
      return text.includes(`\n${line}`);
    },
    START_TIMEOUT_MS,
  );
  return { npm, output: () => text };
}

async function startSlipway(env = environment) {
  const { npm, output } = await startUntil('Slipway is ready', env);
  return { npm, output, dev: readDevFile() };
}

async function stopSlipway(npm: ChildProcess): Promise<number> {
  npm.kill('SIGTERM');
  const [exitCode] = (await once(npm, 'exit')) as [number];
  return exitCode;
}

/** Processes that work in the copy of the checkout: whatever the stack started and forgot. */
function leftovers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

function readDevFile(): DevFile {
  return devFileSchema.parse(JSON.parse(readFileSync(devFile, 'utf8')));
}

async function isReady(dev: DevFile): Promise<boolean> {
  const answer = await fetch(`${dev.url}/readyz`).catch(() => null);
  return answer?.status === 200;
}

async function getRelease(dev: DevFile, version: string): Promise<number> {
  const url = `${dev.url}/api/0/organizations/${dev.organization}/releases/${version}/`;
  return (await fetch(url, { headers: { authorization: `Bearer ${dev.token}` } })).status;
}

let slipway: Awaited<ReturnType<typeof startSlipway>>;

test(
  'one command starts everything, and the file says where it is',
  async () => {
    slipway = await startSlipway();
    const { dev } = slipway;
    expect(await isReady(dev)).toBe(true);
    const commands = Object.entries(dev.pids).map(([name, pid]) => [
      name,
      readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        .split('\0')
        .filter((argument) => !argument.startsWith('--max-'))
        .slice(0, 2)
        .join(' '),
    ]);
    expect(Object.fromEntries(commands)).toEqual({
      api: expect.stringMatching(/node api\/main\.ts$/),
      worker: expect.stringMatching(/node worker\/main\.ts$/),
      postgres: expect.stringMatching(/postgres -D$/),
      redis: expect.stringMatching(/redis-server/),
      temporal: expect.stringMatching(/temporal\S* server$/),
    });
    expect((await fetch(dev.temporalUi)).status).toBe(200);
  },
  TEST_TIMEOUT_MS,
);

test(
  'the three lines of the ready block, pasted, create a release',
  async () => {
    const lines = slipway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('    '));
    expect(lines).toHaveLength(3);
    await run('sh', ['-ec', lines.join('\n')], { cwd: checkout, env: environment });
    expect(await getRelease(slipway.dev, '1.0.0')).toBe(200);
    expect(slipway.output().trimEnd().split('\n').at(-1)).toMatch(/^Slipway is ready/);
  },
  TEST_TIMEOUT_MS,
);

test(
  'the lines of the README, pasted, make a release with commits and a deploy',
  async () => {
    const { dev } = slipway;
    // A clone has a history, which this copy lacks.
    new GitRepository({}, checkout).commit({ message: 'the first one' });
    const [, lines = ''] =
      /```sh\n(.+?)```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
    expect(lines).toContain('SENTRY_URL=http://127.0.0.1:9000 ');
    const { stdout } = await run(
      'sh',
      ['-ec', lines.replace('http://127.0.0.1:9000', dev.url).replaceAll('1.0.0', '1.1.0')],
      { cwd: checkout, env: environment },
    );
    expect(stdout).toContain("Created new deploy unnamed for 'production'");
    const url = `${dev.url}/api/0/organizations/${dev.organization}/releases/1.1.0/`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${dev.token}` } });
    expect(await answer.json()).toMatchObject({
      commitCount: 1,
      deployCount: 1,
      dateReleased: expect.any(String),
    });
  },
  TEST_TIMEOUT_MS,
);

test('a second start of the same state folder names the first one and ends with exit code 1', async () => {
  const second = run('npm', ['start'], { cwd: checkout, env: environment });
  await expect(second).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/runs already with this state folder \(pid \d+\)/),
  });
});

test(
  'a killed API is started again, and the file gets its new pid',
  async () => {
    const before = slipway.dev.pids.api!;
    process.kill(before, 'SIGKILL');
    await waitUntil('new pid', () => readDevFile().pids.api !== before, 10_000);
    await waitUntil('readiness', () => isReady(slipway.dev), 30_000);
    expect(identify(readDevFile().pids.api!)).not.toBeNull();
  },
  TEST_TIMEOUT_MS,
);

test(
  'SIGTERM to npm ends everything that it started, with exit code 0',
  async () => {
    expect(leftovers().length).toBeGreaterThan(5);
    expect(await stopSlipway(slipway.npm)).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(existsSync(devFile)).toBe(false);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a restart keeps tokens, addresses and data; a supervisor killed with SIGKILL leaves nothing behind',
  async () => {
    const { npm, dev } = await startSlipway();
    const { pids: _, ...addresses } = dev;
    const { pids: __, ...addressesBefore } = slipway.dev;
    expect(addresses).toEqual(addressesBefore);
    expect(await getRelease(dev, '1.0.0')).toBe(200);

    const supervisor = Number(readFileSync(join(checkout, '.slipway', 'lock.pid'), 'utf8'));
    process.kill(supervisor, 'SIGKILL');
    await once(npm, 'exit');
    await waitUntil('end of everything', () => leftovers().length === 0, 60_000);
    expect(existsSync(devFile)).toBe(false);
  },
  TEST_TIMEOUT_MS,
);

test(
  'SIGTERM while it starts gives the start up and leaves nothing behind',
  async () => {
    const { npm } = await startUntil('Starting Postgres');
    expect(await stopSlipway(npm)).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(existsSync(devFile)).toBe(false);
  },
  TEST_TIMEOUT_MS,
);

test('a port that another program has is named, with a way around it', async () => {
  const server = createServer().listen(Number(environment['PORT']), '127.0.0.1');
  await once(server, 'listening');
  const attempt = run('npm', ['start'], { cwd: checkout, env: environment });
  await expect(attempt).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/Port \d+ .*taken.*PORT=\d+ npm start/),
  });
  server.close();
  expect(leftovers()).toEqual([]);
});

test('a wrong environment ends it at once with exit code 78, every variable named', async () => {
  const env = { ...environment, LOG_LEVEL: 'loud', SLIPWAY_WRITE_WAIT_MS: 'long' };
  await expect(run('npm', ['start'], { cwd: checkout, env })).rejects.toMatchObject({
    code: 78,
    stderr: expect.stringMatching(/SLIPWAY_WRITE_WAIT_MS[^]*LOG_LEVEL/),
  });
});

test(
  'servers that are given are used and not started',
  async () => {
    const env = {
      ...environment,
      SLIPWAY_DIR: join(checkout, '.slipway', 'given'),
      DATABASE_URL: database.url,
      REDIS_URL: testServers().redisUrl,
    };
    const { npm } = await startUntil('Slipway is ready', env);
    const dev = devFileSchema.parse(
      JSON.parse(readFileSync(join(env.SLIPWAY_DIR, 'dev.json'), 'utf8')),
    );
    expect(Object.keys(dev.pids).sort()).toEqual(['api', 'temporal', 'worker']);
    expect(dev).toMatchObject({ databaseUrl: database.url, redisUrl: testServers().redisUrl });
    expect(await stopSlipway(npm)).toBe(0);
    expect(leftovers()).toEqual([]);
  },
  TEST_TIMEOUT_MS,
);
