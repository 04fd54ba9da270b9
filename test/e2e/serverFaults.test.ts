// The stack of `npm start` under fire: each of its servers is killed with SIGKILL while clients write. The supervisor
// brings it back, and in the end every write that was acknowledged is there exactly once.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../scripts/process/ports.ts';
import { waitUntil } from '../../scripts/process/waitUntil.ts';
import {
  allowedStatuses,
  createReleaseWrite,
  eventWrite,
  nextWrite,
  sendUntilAcknowledged,
  waitUntilServed,
  type Write,
} from '../support/persistentWrites.ts';

type DevFile = Readonly<{
  url: string;
  token: string;
  databaseUrl: string;
  projects: readonly Readonly<{ dsn: string }>[];
  pids: Readonly<Record<string, number>>;
}>;

const ROOT = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 90_000;
const CLIENTS = 4;

const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'));
const devFile = join(folder, 'dev.json');
let starter: ChildProcess;

const readDevFile = (): DevFile => JSON.parse(readFileSync(devFile, 'utf8')) as DevFile;

beforeAll(async () => {
  const [port] = await freePorts(1);
  starter = spawn(process.execPath, [join(ROOT, 'scripts', 'start.ts')], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      SLIPWAY_DIR: folder,
      SLIPWAY_WRITE_WAIT_MS: '2000',
    },
    stdio: 'ignore',
  });
  await waitUntil('dev.json', () => existsSync(devFile), START_TIMEOUT_MS);
  await waitUntilServed(readDevFile().url);
});

afterAll(async () => {
  starter.kill('SIGTERM');
  await once(starter, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

type Sent = { write: Write; statuses: number[] };

/** Kills a process while clients write, and lets them go on until everything is back. */
async function writeWhileKilled(victim: string, next: (count: number) => Write): Promise<Sent[]> {
  const { pids, ...server } = readDevFile();
  const sent: Sent[] = [];
  let isBack = false;
  const load = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = client; !isBack; count += 1) {
      const write = next(count);
      sent.push({ write, statuses: await sendUntilAcknowledged(server, write) });
      await delay(Math.random() * 60);
    }
  });
  await waitUntil('some writes', () => sent.length > CLIENTS, 20_000);
  process.kill(pids[victim]!, 'SIGKILL');
  await waitUntil('another process', () => readDevFile().pids[victim] !== pids[victim], 60_000);
  await waitUntilServed(server.url);
  isBack = true;
  await Promise.all(load);
  return sent;
}

const oddStatuses = (sent: readonly Sent[]): number[] =>
  sent.flatMap(({ statuses }) => statuses).filter((one) => !allowedStatuses.has(one));

test.each(['temporal', 'postgres', 'redis', 'worker'])(
  'a killed %s loses no acknowledged write and doubles none',
  async (victim) => {
    const { databaseUrl, ...server } = readDevFile();
    const version = `${victim}@1`;
    await sendUntilAcknowledged(server, createReleaseWrite(version));
    const sent = await writeWhileKilled(victim, (count) => nextWrite(version, count));
    // What was only accepted is applied by the next command of its release at the latest.
    const last = nextWrite(version, 0);
    sent.push({ write: last, statuses: await sendUntilAcknowledged(server, last) });

    expect(oddStatuses(sent)).toEqual([]);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    try {
      const keys = sent.map(({ write }) => write.key);
      const readOpen = async (): Promise<number> => {
        const { rows } = await database.query<{ open: number }>(
          `select count(*)::int as open from operation where idempotency_key = any($1) and status <> 'done'`,
          [keys],
        );
        return rows[0]!.open;
      };
      await expect.poll(readOpen, { timeout: 60_000 }).toBe(0);
      const { rows: deploys } = await database.query<{ name: string }>(
        'select name from deploy join release on release.id = release_id where version = $1',
        [version],
      );
      const deployed = sent.filter(({ write }) => 'environment' in write.body);
      expect(deploys.map(({ name }) => name).toSorted()).toEqual(
        deployed.map(({ write }) => write.key).toSorted(),
      );
      const { rows: releases } = await database.query<{ applied_revision: string }>(
        'select applied_revision from release where version = $1',
        [version],
      );
      expect(Number(releases[0]!.applied_revision)).toBe(sent.length + 1);
    } finally {
      await database.end();
    }
  },
  180_000,
);

test.each(['api', 'postgres'])(
  'a killed %s loses no acknowledged event, and its issue counts each once',
  async (victim) => {
    const { databaseUrl, projects } = readDevFile();
    const sent = await writeWhileKilled(victim, () => eventWrite(projects[0]!.dsn, `${victim}!`));
    expect(oddStatuses(sent)).toEqual([]);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    try {
      const readCounts = async (): Promise<unknown> => {
        const { rows } = await database.query(
          `select (select count(*)::int from event where group_id = group_.id) as events, times_seen::int, user_count::int,
                  (select sum(count)::int from group_hour where group_id = group_.id) as hours
             from group_ where title = $1`,
          [`${victim}!`],
        );
        return rows;
      };
      const count = sent.length;
      // Nobody asks: what the killed process had not counted yet, the next one counts by itself.
      await expect
        .poll(readCounts, { timeout: 20_000 })
        .toEqual([{ events: count, times_seen: count, user_count: count, hours: count }]);
    } finally {
      await database.end();
    }
  },
  180_000,
);
