// `npm start` as a person runs it, in a copy of the checkout, against real servers. In order: it answers, its three
// lines create a release, a second one is refused, a killed part comes back, SIGTERM ends all of it, data survives the
// restart, and nothing survives a kill -9 of the supervisor.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { freePorts } from '../../scripts/process/ports.ts';
import {
  identify,
  isRunning,
  type ProcessIdentity,
} from '../../scripts/process/processIdentity.ts';
import { waitUntil } from '../../scripts/process/waitUntil.ts';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const NOT_COPIED = new Set(['.git', '.slipway', 'build', 'coverage', 'node_modules']);
/** Generous: the rest of the suite runs beside it. */
const START_TIMEOUT_MS = 90_000;
const TEST_TIMEOUT_MS = 120_000;

const devFileSchema = z.strictObject({
  url: z.url(),
  organization: z.literal('acme'),
  projects: z.tuple([
    z.strictObject({ id: z.literal('1'), slug: z.literal('web'), dsn: z.url() }),
    z.strictObject({ id: z.literal('2'), slug: z.literal('api'), dsn: z.url() }),
  ]),
  token: z.string().startsWith('sntryu_'),
  orgToken: z.string().startsWith('sntrys_'),
  temporalAddress: z.string().regex(/^127\.0\.0\.1:\d+$/),
  temporalNamespace: z.literal('default'),
  temporalUi: z.url(),
  databaseUrl: z.url({ protocol: /^postgres$/ }),
  redisUrl: z.url({ protocol: /^redis$/ }),
  pids: z.strictObject({
    api: z.number(),
    worker: z.number(),
    postgres: z.number(),
    redis: z.number(),
    temporal: z.number(),
  }),
});

type DevFile = z.infer<typeof devFileSchema>;

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

/** Starts `npm start` and returns once it is ready. */
async function startSlipway(): Promise<{ npm: ChildProcess; dev: DevFile; output: () => string }> {
  const npm = spawn('npm', ['start'], { cwd: checkout, env: environment });
  started.push(npm);
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  await waitUntil(
    'ready block',
    () => {
      if (npm.exitCode !== null) throw new Error(`npm start ended:\n${text}`);
      return /^Slipway is ready/m.test(text);
    },
    START_TIMEOUT_MS,
  );
  return { npm, dev: readDevFile(), output: () => text };
}

function readDevFile(): DevFile {
  return devFileSchema.parse(JSON.parse(readFileSync(devFile, 'utf8')));
}

function identities(dev: DevFile): ProcessIdentity[] {
  return Object.values(dev.pids).map((pid) => identify(pid)!);
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
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' '),
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
    const before = slipway.dev.pids.api;
    process.kill(before, 'SIGKILL');
    await waitUntil('new pid', () => readDevFile().pids.api !== before, 10_000);
    await waitUntil('readiness', () => isReady(slipway.dev), 30_000);
    expect(identify(readDevFile().pids.api)).not.toBeNull();
  },
  TEST_TIMEOUT_MS,
);

test(
  'SIGTERM to npm ends everything that it started, with exit code 0',
  async () => {
    const all = identities(readDevFile());
    slipway.npm.kill('SIGTERM');
    const [exitCode] = (await once(slipway.npm, 'exit')) as [number];
    expect(exitCode).toBe(0);
    expect(all.filter(isRunning)).toEqual([]);
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

    const all = identities(dev);
    const supervisor = Number(readFileSync(join(checkout, '.slipway', 'lock.pid'), 'utf8'));
    process.kill(supervisor, 'SIGKILL');
    await once(npm, 'exit');
    await waitUntil('end of everything', () => !all.some(isRunning), 60_000);
    expect(existsSync(devFile)).toBe(false);
  },
  TEST_TIMEOUT_MS,
);
