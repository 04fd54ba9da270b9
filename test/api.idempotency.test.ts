import { afterAll, describe, expect, test } from 'vitest';
import { dropResyncSchedules } from './support/resyncSchedules.ts';
import { releasesPath } from './support/releaseRequests.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';
import { createTenant } from './support/tenant.ts';

/** Keyed writes that belong to no release: what a client sends again changes nothing and has the first answer. */
const slipway = useSlipway({ worker: false, environment: { SLIPWAY_SECRET: TEST_SECRET } });

afterAll(() => dropResyncSchedules(slipway.temporal.client));

const post = (path: string, body: object, key: string, token?: string): Promise<ApiAnswer> =>
  slipway.call('POST', path, {
    body,
    headers: { 'Idempotency-Key': key },
    ...(token === undefined ? {} : { token }),
  });

const repositories = '/api/0/organizations/acme/repos/';
const pullRequests = '/api/slipway/v1/pull-requests';
const repository = { name: 'acme/web', provider: 'github', token: 'ghp_secret' };
const pullRequest = { organization: 'acme', repository: 'acme/carts', key: '7', title: 'Carts' };

const count = async (table: 'repository' | 'pull_request' | 'audit_log'): Promise<number> =>
  Number((await slipway.pool.query(`select count(*) from ${table}`)).rows[0].count);

describe.each([
  ['repositories', repositories, repository, 'repository'],
  ['pull requests', pullRequests, pullRequest, 'pull_request'],
] as const)('POST of %s', (area, path, body, table) => {
  test('by thirty callers with one key has one effect and one answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => post(path, body, `${area}-1`.replace(' ', '-'))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await count(table)).toBeGreaterThan(0);
    const { rows } = await slipway.pool.query(
      `select body::text, response::text from operation where idempotency_key is not null`,
    );
    expect(JSON.stringify(rows)).not.toContain('ghp_secret');
  });

  test('again with the key has the first answer, and with another body 422', async () => {
    const key = `${area}-1`.replace(' ', '-');
    const before = [await count(table), await count('audit_log')];
    expect((await post(path, body, key)).status).toBe(201);
    for (const [to, sent] of [
      [path, { ...body, organization: 'acme', title: 'other' }],
      [
        path === repositories ? pullRequests : repositories,
        path === repositories ? pullRequest : repository,
      ],
      [releasesPath, { version: 'keyed', projects: ['web'] }],
    ] as const) {
      const answer = await post(to, sent, key);
      expect(answer).toMatchObject({ status: 422, body: { detail: expect.any(String) } });
    }
    expect([await count(table), await count('audit_log')]).toEqual(before);
  });

  test('that was refused is not remembered: the key is free for the corrected one', async () => {
    const key = `${area}-2`.replace(' ', '-');
    expect((await post(path, { organization: 'acme' }, key)).status).toBe(400);
    const corrected = await post(path, { ...body, name: 'acme/two', key: '8' }, key);
    expect(corrected.status, corrected.text).toBe(201);
  });

  test.each(['', 'a b', 'x'.repeat(256)])('with %j as its key is refused', async (key) => {
    const answer = await post(path, { ...body, name: 'acme/three', key: '9' }, key);
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^Idempotency-Key /) },
    });
  });
});

test('a name that is taken does not take the key', async () => {
  await post(repositories, { name: 'acme/taken', provider: 'github' }, 'first');
  const refused = await post(repositories, { name: 'acme/taken', provider: 'github' }, 'second');
  expect(refused.status).toBe(400);
  expect(
    (await post(repositories, { name: 'acme/free', provider: 'github' }, 'second')).status,
  ).toBe(201);
});

test('keys are those of an organization: another one may use the same', async () => {
  const other = await createTenant(slipway.pool, 'other');
  const theirs = { ...pullRequest, organization: 'other' };
  expect((await post(pullRequests, pullRequest, 'shared')).status).toBe(200);
  expect((await post(pullRequests, theirs, 'shared', other.ownerToken)).status).toBe(201);
});
