// Ids of organizations, projects and teams: the layout under a standing clock, bursts, a clock that jumps back, and
// what happens without Redis.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextSnowflake, saveWithSnowflakeId } from '../db/snowflakes.ts';
import { decodeSnowflake, SNOWFLAKE_EPOCH_SECONDS } from '../domain/snowflake.ts';
import { createLogger } from '../infra/logger.ts';
import { SnowflakeSequence } from '../infra/snowflakeSequence.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';
import { testServers } from './support/servers.ts';

const database = cloneDatabase();
const db = testPool(database.url);
let redis: Redis;

beforeAll(() => {
  redis = new Redis(testServers().redisUrl);
});
afterAll(() => redis.quit());

const SECONDS = 100_000_000;
const at = (seconds: number): number => (SNOWFLAKE_EPOCH_SECONDS + seconds) * 1_000;
const VERSION = 16n << 48n;
const id = (seconds: number, sequence: number): string =>
  String(VERSION | (BigInt(seconds) << 16n) | BigInt(sequence));

/** A sequence with counters of its own and a clock that the test moves. */
const sequence = (options: { redis?: Pick<Redis, 'eval'>; keyPrefix?: string } = {}) => {
  const clock = { now: at(SECONDS) };
  const keyPrefix = options.keyPrefix ?? `{${randomUUID()}}:`;
  const snowflakes = new SnowflakeSequence({
    redis: options.redis ?? redis,
    fallback: () => nextSnowflake(db.pool),
    logger: createLogger('test', 'silent'),
    now: () => clock.now,
    keyPrefix,
  });
  return { snowflakes, clock, keyPrefix };
};

const take = async (snowflakes: SnowflakeSequence, count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await snowflakes.next());
  return ids;
};

describe('under a standing clock', () => {
  it('sixteen ids count up, and the seventeenth is the first of the second before', async () => {
    const { snowflakes } = sequence();
    const ids = await take(snowflakes, 17);
    expect(ids.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, index) => id(SECONDS, index)));
    expect(ids[16]).toBe(id(SECONDS - 1, 0));
  });

  it('a burst gets 4,800 ids, all different, and Postgres makes the next one', async () => {
    const { snowflakes } = sequence();
    const ids = await Promise.all(Array.from({ length: 4_800 }, () => snowflakes.next()));
    expect(new Set(ids).size).toBe(4_800);
    expect(ids).toContain(id(SECONDS - 299, 15));
    const next = decodeSnowflake(BigInt(await snowflakes.next()));
    expect(next.region).toBe(4095);
  });

  it('several processes share the slots of a second', async () => {
    const { snowflakes, keyPrefix } = sequence();
    const other = sequence({ keyPrefix });
    expect([await snowflakes.next(), await other.snowflakes.next()]).toEqual([
      id(SECONDS, 0),
      id(SECONDS, 1),
    ]);
  });
});

describe('a clock that jumps back', () => {
  it('finds the counters of the seconds that it sees again', async () => {
    const { snowflakes, clock } = sequence();
    const before = await take(snowflakes, 3);
    clock.now = at(SECONDS - 100);
    const during = await take(snowflakes, 3);
    clock.now = at(SECONDS);
    const after = await take(snowflakes, 3);
    expect(new Set([...before, ...during, ...after]).size).toBe(9);
  });

  it('before the epoch leaves it to Postgres', async () => {
    const { snowflakes, clock } = sequence();
    clock.now = at(-1);
    expect(decodeSnowflake(BigInt(await snowflakes.next())).region).toBe(4095);
  });
});

it('counters live five minutes, as long as anybody looks back', async () => {
  const { snowflakes, keyPrefix } = sequence();
  await take(snowflakes, 2);
  const ttl = await redis.ttl(`${keyPrefix}${SECONDS}`);
  expect(ttl).toBeGreaterThan(290);
  expect(ttl).toBeLessThanOrEqual(300);
});

describe('without Redis', () => {
  const broken = { eval: () => Promise.reject(new Error('down')) } as Pick<Redis, 'eval'>;

  it('ids come from Postgres, in a region of their own, each larger than the one before', async () => {
    const { snowflakes } = sequence({ redis: broken });
    const ids = await Promise.all(Array.from({ length: 200 }, () => snowflakes.next()));
    expect(new Set(ids).size).toBe(200);
    const decoded = ids.map((text) => decodeSnowflake(BigInt(text)));
    expect(new Set(decoded.map(({ region }) => region))).toEqual(new Set([4095]));
    expect(new Set(decoded.map(({ version }) => version))).toEqual(new Set([1]));
    const now = Date.now() / 1_000;
    for (const { unixSeconds } of decoded) expect(Math.abs(unixSeconds - now)).toBeLessThan(60);
    expect(Math.max(...ids.map(Number))).toBeLessThan(2 ** 53);
  });

  it('a time of day that jumps back does not bring an id again', async () => {
    // As if the clock had been an hour ahead until now.
    await db.pool.query('update snowflake_clock set ticks = ticks + 16 * 3600');
    const ids = await Promise.all(Array.from({ length: 40 }, () => nextSnowflake(db.pool)));
    expect(new Set(ids).size).toBe(40);
    await db.pool.query('update snowflake_clock set ticks = ticks - 16 * 3600 + 100');
  });
});

describe('an id that is taken', () => {
  const violation = (constraint: string) =>
    Object.assign(new Error('duplicate key'), { code: '23505', constraint });

  it('is replaced by the next one, up to four times', async () => {
    const ids = ['1', '2', '3', '4', '5'];
    const nextId = vi.fn(() => Promise.resolve(ids.shift()!));
    const saved = await saveWithSnowflakeId('project_pkey', nextId, (given) =>
      given === '5' ? Promise.resolve(given) : Promise.reject(violation('project_pkey')),
    );
    expect(saved).toBe('5');
  });

  it('five times in a row is a conflict that tells the client to try again', async () => {
    const nextId = vi.fn(() => Promise.resolve('1'));
    await expect(
      saveWithSnowflakeId('project_pkey', nextId, () => Promise.reject(violation('project_pkey'))),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: 'Max allowed ID retry reached. Please try again in a second',
    });
    expect(nextId).toHaveBeenCalledTimes(5);
  });

  it('is not what another violated constraint is taken for', async () => {
    const nextId = vi.fn(() => Promise.resolve('1'));
    await expect(
      saveWithSnowflakeId('project_pkey', nextId, () =>
        Promise.reject(violation('project_organization_id_slug_key')),
      ),
    ).rejects.toMatchObject({ constraint: 'project_organization_id_slug_key' });
    expect(nextId).toHaveBeenCalledOnce();
  });
});

it('rows inserted without an id get one from Postgres', async () => {
  const { rows } = await db.pool.query<{ id: string }>(
    "insert into organization (slug, name) values ('bare', 'Bare') returning id",
  );
  expect(decodeSnowflake(BigInt(rows[0]!.id))).toMatchObject({ version: 1, region: 4095 });
});
