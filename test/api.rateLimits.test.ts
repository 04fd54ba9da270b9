// Limits of the API: windows and slots as Redis counts them, and what callers are told.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { endpointGroup } from '../api/http/limitRequest.ts';
import { ConfigError, readConfig } from '../infra/config.ts';
import { RateLimiter, type RateLimits } from '../infra/limits/rateLimiter.ts';
import { createLogger } from '../infra/logger.ts';
import { createRedis } from '../infra/redis.ts';
import { openGate, type Gate } from './support/gate.ts';
import { projectReleasesPath, releasePath, releasesPath } from './support/releaseRequests.ts';
import { testServers } from './support/servers.ts';
import { useSlipway } from './support/slipway.ts';

const logger = createLogger('test', 'silent');

describe('a limiter', () => {
  let redis: Redis;
  let gate: Gate;
  let gated: Redis;

  beforeAll(async () => {
    const { redisUrl } = testServers();
    redis = new Redis(redisUrl);
    gate = await openGate(redisUrl);
    gated = createRedis(gate.url, logger, 50);
    await new Promise((resolve) => gated.once('ready', resolve));
  });
  afterAll(async () => {
    gated.disconnect();
    await gate.close();
    await redis.quit();
  });

  function limiter(limits: Partial<RateLimits>, client = redis) {
    const clock = { now: 1_700_000_000_000 };
    const made = new RateLimiter({
      limits: { requests: 5, windowMs: 1_000, concurrent: null, ...limits },
      redis: client,
      logger,
      now: () => clock.now,
    });
    const caller = randomUUID();
    const admit = async (who = caller) => (await made.admit(who))!;
    return { admit, uncounted: async () => (await made.admit(caller)) === null, clock };
  }

  it('admits as many as it says, counts them down, and refuses until the window ends', async () => {
    const { admit, clock } = limiter({ requests: 3 });
    clock.now += 400;
    for (const remaining of [2, 1, 0]) {
      expect(await admit()).toMatchObject({ refusal: null, remaining });
    }
    expect(await admit()).toMatchObject({ refusal: 'requests', remaining: 0, resetInMs: 600 });
    clock.now += 599;
    expect(await admit()).toMatchObject({ refusal: 'requests', resetInMs: 1 });
    clock.now += 1;
    expect(await admit()).toMatchObject({ refusal: null, remaining: 2, resetInMs: 1_000 });
  });

  it('counts each caller for themselves', async () => {
    const { admit } = limiter({ requests: 1 });
    const other = randomUUID();
    expect(await admit()).toMatchObject({ refusal: null });
    expect(await admit()).toMatchObject({ refusal: 'requests' });
    expect(await admit(other)).toMatchObject({ refusal: null });
  });

  it('admits exactly its number of twenty who come at once', async () => {
    const { admit } = limiter({ requests: 7 });
    const admitted = await Promise.all(Array.from({ length: 20 }, () => admit()));
    expect(admitted.filter(({ refusal }) => refusal === null)).toHaveLength(7);
  });

  it('gives its slots to exactly as many as run at once, and again when they are given back', async () => {
    const { admit } = limiter({ requests: 100, concurrent: 4 });
    const running = await Promise.all(Array.from({ length: 20 }, () => admit()));
    const admitted = running.filter(({ refusal }) => refusal === null);
    expect(admitted.map(({ concurrentRemaining }) => concurrentRemaining).sort()).toEqual([
      0, 1, 2, 3,
    ]);
    expect(running.filter(({ refusal }) => refusal === 'concurrent')).toHaveLength(16);
    for (const { release } of running) release();
    await expect.poll(async () => (await admit()).refusal).toBe(null);
  });

  it('takes no slot for a request over the limit of its window', async () => {
    const { admit, clock } = limiter({ requests: 1, concurrent: 2 });
    expect(await admit()).toMatchObject({ refusal: null, concurrentRemaining: 1 });
    expect(await admit()).toMatchObject({ refusal: 'requests' });
    clock.now += 1_000;
    expect(await admit()).toMatchObject({ refusal: null, concurrentRemaining: 0 });
  });

  it('gets the slots of a process that died back after a minute', async () => {
    const { admit, clock } = limiter({ requests: 100, concurrent: 1 });
    await admit();
    clock.now += 59_000;
    expect(await admit()).toMatchObject({ refusal: 'concurrent' });
    clock.now += 1_000;
    expect(await admit()).toMatchObject({ refusal: null });
  });

  test.each([
    ['is gone', () => gate.shut()],
    ['hangs', () => gate.hang()],
  ])('lets everybody through, soon, when Redis %s', async (_, breakIt) => {
    const { uncounted } = limiter({ requests: 1 }, gated);
    breakIt();
    const startedAt = performance.now();
    for (let call = 0; call < 30; call += 1) expect(await uncounted()).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    gate.open();
    await expect.poll(() => gated.status).toBe('ready');
    await expect.poll(() => limiter({}, gated).uncounted()).toBe(false);
  });
});

test.each([
  ['/api/0/organizations/{organization}/releases/{version}/deploys/', 'releases'],
  ['/api/0/projects/{organization}/{project}/releases/', 'releases'],
  ['/api/slipway/v1/releases/{organization}/{version}/sync', 'releases'],
  ['/api/0/organizations/{organization}/issues/', 'issues'],
  ['/api/0/projects/{organization}/{project}/events/', 'issues'],
  ['/api/0/organizations/{organization}/', 'default'],
  ['/api/0/projects/{organization}/{project}/environments/', 'default'],
])('%s belongs to the group %s', (path, group) => {
  expect(endpointGroup(path)).toBe(group);
});

describe('the environment', () => {
  const given = {
    DATABASE_URL: 'postgres://x',
    REDIS_URL: 'redis://x',
    SLIPWAY_SECRET: 'a secret for this test',
  };

  it('sets no limit unless asked, and all of it by three variables', () => {
    expect(readConfig(given).rateLimits).toBeNull();
    expect(readConfig({ ...given, SLIPWAY_RATE_LIMIT: '0' }).rateLimits).toBeNull();
    expect(readConfig({ ...given, SLIPWAY_RATE_LIMIT: '40' }).rateLimits).toEqual({
      requests: 40,
      windowMs: 1_000,
      concurrent: null,
    });
    const all = {
      SLIPWAY_RATE_LIMIT: '40',
      SLIPWAY_RATE_LIMIT_WINDOW_MS: '60000',
      SLIPWAY_RATE_LIMIT_CONCURRENT: '10',
    };
    expect(readConfig({ ...given, ...all }).rateLimits).toEqual({
      requests: 40,
      windowMs: 60_000,
      concurrent: 10,
    });
  });

  test.each([
    { SLIPWAY_RATE_LIMIT: '-1' },
    { SLIPWAY_RATE_LIMIT: 'many' },
    { SLIPWAY_RATE_LIMIT_CONCURRENT: '5' },
  ])('%j is refused', (wrong) => {
    expect(() => readConfig({ ...given, ...wrong })).toThrow(ConfigError);
  });
});

const limitHeaders = ['limit', 'remaining', 'reset', 'concurrentlimit', 'concurrentremaining'].map(
  (name) => `x-sentry-rate-limit-${name}`,
);

describe('without limits', () => {
  const slipway = useSlipway({ worker: false });

  it('answers have no headers of limits', async () => {
    const { headers } = await slipway.call('GET', releasesPath);
    for (const name of limitHeaders) expect(headers.has(name), name).toBe(false);
  });
});

describe('with limits', () => {
  const LIMIT = 3;
  const slipway = useSlipway({
    worker: false,
    // An hour: no window ends in the middle of a test, or hardly ever, and then the second try has a new one.
    environment: {
      SLIPWAY_RATE_LIMIT: String(LIMIT),
      SLIPWAY_RATE_LIMIT_WINDOW_MS: '3600000',
      SLIPWAY_RATE_LIMIT_CONCURRENT: '2',
    },
  });
  const cli = { 'User-Agent': 'sentry-cli/3.8.0 pipeline' };

  /** A person of their own, so that tests do not use up each other's limits. */
  const person = async () => {
    const { tenant } = slipway;
    return tenant.userToken(
      ['org:read', 'project:read', 'project:releases', 'event:read'],
      await tenant.addMember('manager', [tenant.teamId]),
    );
  };
  const exhaust = async (token: string, method: string, path: string) => {
    for (let call = 0; call < LIMIT; call += 1) await slipway.call(method, path, { token });
  };

  it('every answer says what is left, also a 404', async () => {
    const token = await person();
    const first = await slipway.call('GET', releasesPath, { token });
    expect(first.status).toBe(200);
    const [limit, remaining, reset, concurrent, free] = limitHeaders.map((name) =>
      Number(first.headers.get(name)),
    );
    expect([limit, remaining, concurrent, free]).toEqual([3, 2, 2, 1]);
    expect(reset! - Date.now() / 1_000).toBeGreaterThan(0);
    expect(reset! - Date.now() / 1_000).toBeLessThanOrEqual(3_600);
    const unknown = await slipway.call('GET', releasePath('nope'), { token });
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get(limitHeaders[1]!)).toBe('1');
  });

  it('one request too many is 429 with a lone string, headers and when to come back', async () => {
    const token = await person();
    await exhaust(token, 'GET', releasesPath);
    const refused = await slipway.call('GET', releasesPath, { token });
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      detail:
        'You are attempting to use this endpoint too frequently. Limit is 3 requests in 3600 seconds',
    });
    expect(refused.headers.get(limitHeaders[0]!)).toBe('3');
    expect(refused.headers.get(limitHeaders[1]!)).toBe('0');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is counted for each group of endpoints, method and caller', async () => {
    const token = await person();
    await exhaust(token, 'GET', releasesPath);
    const status = async (method: string, path: string, who = token) =>
      (await slipway.call(method, path, { token: who, body: method === 'GET' ? undefined : {} }))
        .status;
    expect(await status('GET', projectReleasesPath('web'))).toBe(429);
    expect(await status('GET', '/api/0/organizations/acme/issues/')).toBe(200);
    expect(await status('GET', '/api/0/organizations/acme/environments/')).toBe(200);
    expect(await status('POST', releasesPath)).toBe(400);
    expect(await status('GET', releasesPath, await person())).toBe(200);
    expect(await status('GET', releasesPath, slipway.tenant.organizationToken)).toBe(200);
  });

  it('another token of the same person shares their limit', async () => {
    const userId = await slipway.tenant.addMember('manager');
    const tokens = await Promise.all(
      [1, 2].map(() => slipway.tenant.userToken(['project:read'], userId)),
    );
    await exhaust(tokens[0]!, 'GET', releasesPath);
    expect((await slipway.call('GET', releasesPath, { token: tokens[1]! })).status).toBe(429);
  });

  test.each([
    ['a release write of sentry-cli 3', 'POST', releasesPath, 'sentry-cli/3.8.0', 503],
    ['a release write of sentry-cli 2', 'PUT', releasePath('1'), 'sentry-cli/2.58.2 my-ci', 503],
    ['a deploy of sentry-cli', 'POST', releasePath('1', 'deploys/'), 'sentry-cli/2.0.0', 503],
    [
      'a release write of the sentry CLI',
      'POST',
      releasesPath,
      'sentry-cli/0.45.0 (linux-x64) node/20.20.2',
      429,
    ],
    ['a release write of anybody else', 'POST', releasesPath, 'curl/8.0', 429],
    ['a read of sentry-cli', 'GET', releasesPath, 'sentry-cli/3.8.0', 429],
  ])('%s is answered so that its client goes on', async (_, method, path, userAgent, status) => {
    const token = await person();
    await exhaust(token, method, path);
    const refused = await slipway.call(method, path, {
      token,
      headers: { 'User-Agent': userAgent },
    });
    expect(refused.status).toBe(status);
    expect(refused.body).toEqual({ detail: expect.stringContaining('too frequently') });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get(limitHeaders[1]!)).toBe('0');
  });

  it('nothing is counted without a caller', async () => {
    for (const token of [null, 'sntryu_unknown']) {
      for (let call = 0; call < LIMIT + 1; call += 1) {
        const answer = await slipway.call('GET', releasesPath, { token, headers: cli });
        expect(answer.status).toBe(401);
        expect(answer.headers.has(limitHeaders[0]!)).toBe(false);
      }
    }
    for (let call = 0; call < LIMIT + 1; call += 1) {
      expect((await slipway.call('GET', '/healthz', { token: null })).status).toBe(200);
    }
  });

  it('slots are free again after each answer, whatever it was', async () => {
    const token = await person();
    for (const path of [releasesPath, releasePath('nope'), releasesPath]) {
      const answer = await slipway.call('GET', path, { token });
      expect(answer.headers.get(limitHeaders[4]!)).toBe('1');
    }
  });
});
