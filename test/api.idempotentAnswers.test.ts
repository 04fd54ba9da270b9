import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiRequest } from '../api/http/apiRequest.ts';
import type { ApiResponse } from '../api/http/apiResponse.ts';
import type { Route } from '../api/http/route.ts';
import { rememberAnswer } from '../api/idempotency/rememberAnswer.ts';
import { rememberedBy } from '../api/idempotency/rememberedBy.ts';
import { routes } from '../api/routes/index.ts';
import { scopes as allScopes } from '../domain/scopes.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/**
 * Writes that are no operations, sent again with their Idempotency-Key:
 *   1. every route that changes something remembers, one way or the other
 *   2. one effect and one answer, however often and however parallel
 *   3. what is not remembered, who is told apart, what becomes of requests that died
 *   4. what is kept cannot be read in the database
 */
const slipway = useSlipway({ worker: false });

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await slipway.pool.query(text, values)).rows;
const count = async (table: string): Promise<number> =>
  (await rows(`select count(*)::int from ${table}`))[0].count;
const kept = () => rows('select * from idempotent_answer order by created_at');

type Sent = Readonly<{ method: string; path: string; body?: unknown; token?: string }>;

const send = ({ method, path, ...options }: Sent, key: string): Promise<ApiAnswer> =>
  slipway.call(method, path, { ...options, headers: { 'Idempotency-Key': key } });

beforeEach(async () => {
  await slipway.pool.query('delete from idempotent_answer');
});

describe('every route that changes something', () => {
  const named = (remembers: ReturnType<typeof rememberedBy>) =>
    routes.filter((route) => route.method !== 'GET' && rememberedBy(route) === remembers);
  const names = (some: readonly Route[]) => some.map(({ name }) => name).sort();

  test('remembers by its operation, by its answer, or has events with ids of their own', () => {
    expect(names(named('operation'))).toEqual([
      'createDeploy',
      'createProjectRelease',
      'createRelease',
      'createRepository',
      'deleteProjectRelease',
      'deleteRelease',
      'storePullRequest',
      'updateProjectRelease',
      'updateRelease',
    ]);
    expect(names(named(null))).toEqual([
      'preflightEnvelope',
      'preflightEvent',
      'receiveGitHubHook',
      'receiveGitLabHook',
      'storeEnvelope',
      'storeEvent',
    ]);
    expect(named('answer').length).toBeGreaterThan(40);
  });

  test.each(named('answer').map((route): [string, Route] => [route.name, route]))(
    '%s knows a key that came with another request',
    async (name, { method, path }) => {
      await slipway.pool.query(
        `insert into idempotent_answer (principal, key, request_hash, claim, status)
         values ($1, $2, $3, gen_random_uuid(), 204)`,
        [`user:${slipway.tenant.ownerId}`, name, Buffer.alloc(32)],
      );
      const answer = await send({ method, path: path.replaceAll(/\{\w+\}/g, '1') }, name);
      expect(answer).toMatchObject({ status: 422, body: { detail: expect.any(String) } });
    },
  );
});

const organization = '/api/0/organizations/acme/';
const webhook = (path = '') => ({
  organization: 'acme',
  url: `https://93.184.215.14/${path}`,
  events: ['release.created'],
});

/** A write, what it makes a row of, and another body. */
const writes: readonly (readonly [string, Sent, table: string, other: unknown])[] = [
  [
    'an organization',
    { method: 'POST', path: '/api/0/organizations/', body: { name: 'Second' } },
    'organization',
    { name: 'Third' },
  ],
  [
    'a project',
    { method: 'POST', path: '/api/0/teams/acme/crew/projects/', body: { name: 'Shop' } },
    'project',
    { name: 'Other shop' },
  ],
  [
    'a team',
    { method: 'POST', path: `${organization}teams/`, body: { name: 'Core' } },
    'team',
    { name: 'Other core' },
  ],
  [
    'a token of a user',
    { method: 'POST', path: '/api/0/api-tokens/', body: { scopes: ['org:read'] } },
    'api_token',
    { scopes: ['org:read', 'team:read'] },
  ],
  [
    'a token of an organization',
    { method: 'POST', path: `${organization}org-auth-tokens/`, body: { name: 'ci' } },
    'org_auth_token',
    { name: 'other' },
  ],
  [
    'a key of a project',
    { method: 'POST', path: '/api/0/projects/acme/web/keys/', body: { name: 'dsn' } },
    'project_key',
    { name: 'other' },
  ],
  [
    'a webhook',
    { method: 'POST', path: '/api/slipway/v1/webhooks', body: webhook() },
    'webhook',
    webhook('other'),
  ],
];

describe.each(writes)('%s', (name, sent, table, other) => {
  const key = `make-${name.replaceAll(' ', '-')}`;

  test('is made once by twenty callers with one key, who get one answer', async () => {
    const before = await count(table);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(sent, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const [first] = answers as [ApiAnswer];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await count(table)).toBe(before + 1);
    const again = await send(sent, key);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));

    const refused = await send({ ...sent, body: other }, key);
    expect(refused).toMatchObject({ status: 422, body: { detail: expect.any(String) } });
    expect(await count(table)).toBe(before + 1);
  });

  test('that was refused is not remembered: the key is free for the corrected one', async () => {
    expect((await send({ ...sent, body: [] }, key)).status).toBe(400);
    expect(await kept()).toEqual([]);
    const corrected = await send({ ...sent, body: other }, key);
    expect(corrected.status, corrected.text).toBe(201);
  });

  test('without a key is remembered by nobody', async () => {
    await slipway.call(sent.method, sent.path, { body: sent.body });
    expect(await kept()).toEqual([]);
  });
});

describe('issues', () => {
  let ids: string[];
  const activities = () => count('activity');

  beforeAll(async () => {
    ids = (
      await rows(
        `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
         select $1, n, 'Broken', now(), now(), now() from generate_series(1, 3) n returning id`,
        [slipway.tenant.web.id],
      )
    ).map(({ id }) => id);
  });

  test('are changed once by twenty callers, alone and in bulk', async () => {
    const body = { status: 'resolved' };
    for (const [path, changed] of [
      [`issues/${ids[0]}/`, 1],
      [`issues/?id=${ids[1]}&id=${ids[2]}`, 2],
    ] as const) {
      const before = await activities();
      const sent = { method: 'PUT', path: `${organization}${path}`, body };
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(sent, path)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await activities()).toBe(before + changed);
    }
  });

  test('that a bulk change names in its query are part of the request', async () => {
    const path = `${organization}issues/`;
    const sent = { method: 'PUT', path: `${path}?id=${ids[0]}`, body: { status: 'unresolved' } };
    expect((await send(sent, 'bulk')).status).toBe(200);
    expect((await send({ ...sent, path: `${path}?id=${ids[1]}` }, 'bulk')).status).toBe(422);
  });

  test('are not changed back by a repeat that comes late', async () => {
    const path = `${organization}issues/${ids[0]}/`;
    const resolve = { method: 'PUT', path, body: { status: 'resolved' } };
    const first = await send(resolve, 'late');
    await slipway.call('PUT', path, { body: { status: 'unresolved' } });
    expect((await send(resolve, 'late')).text).toBe(first.text);
    expect((await slipway.call('GET', path)).body.status).toBe('unresolved');
  });
});

test('the repeat of a deletion has the answer of the deletion, not a 404', async () => {
  const made = await slipway.call('POST', `${organization}teams/`, { body: { slug: 'leaving' } });
  expect(made.status, made.text).toBe(201);
  const gone = { method: 'DELETE', path: '/api/0/teams/acme/leaving/' };
  expect((await send(gone, 'gone')).status).toBe(204);
  expect((await send(gone, 'gone')).status).toBe(204);
  expect((await send(gone, 'gone-2')).status).toBe(404);
});

describe('who sends it', () => {
  const body = { name: 'keyed' };
  const sent = { method: 'POST', path: `${organization}org-auth-tokens/`, body };

  test('has keys of their own: another person may use the same', async () => {
    const { tenant } = slipway;
    const other = await tenant.userToken(allScopes, await tenant.addMember('owner'));
    const mine = await send(sent, 'shared');
    const theirs = await send({ ...sent, token: other }, 'shared');
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.id).not.toBe(mine.body.id);
    expect(
      (await send({ ...sent, body: {}, token: tenant.organizationToken }, 'shared')).status,
    ).not.toBe(422);
  });

  test('keeps them with a new token, and gets no answer that reaches further than it', async () => {
    const first = await send(sent, 'rotated');
    const rotated = await send({ ...sent, token: await slipway.token() }, 'rotated');
    expect(rotated.text).toBe(first.text);
    const narrow = await send({ ...sent, token: await slipway.token(['org:read']) }, 'rotated');
    expect(narrow.status).toBe(422);
    expect(narrow.text).not.toContain(first.body.token);
  });
});

test.each(['', 'a b', 'x'.repeat(256)])('%j is no key', async (key) => {
  const answer = await send({ method: 'POST', path: `${organization}teams/`, body: {} }, key);
  expect(answer).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/^Idempotency-Key /) },
  });
});

test('an answer with a secret cannot be read in the database', async () => {
  const path = '/api/0/api-tokens/';
  const { body } = await send({ method: 'POST', path, body: { scopes: ['org:read'] } }, 'sealed');
  const [row] = await kept();
  expect(row).toMatchObject({ key: 'sealed', status: 201, answer: expect.any(Buffer) });
  expect(row.answer.includes(body.token)).toBe(false);
  expect(row.answer.includes('org:read')).toBe(false);
  const seen = await slipway.call('GET', '/api/0/', { token: body.token });
  expect(seen.status).toBe(200);
});

describe('a request', () => {
  const scopes = [...allScopes];

  /** Straight to the mechanism, with a write of the test's own. */
  function remember(
    key: string,
    write: () => Promise<ApiResponse>,
    { writeWaitMs = 5_000, secret = slipway.context.config.secret } = {},
  ): Promise<ApiResponse> {
    const request = new ApiRequest({
      id: randomUUID(),
      raw: new Request('http://slipway.test/made', {
        method: 'POST',
        headers: { 'Idempotency-Key': key },
        body: '{}',
      }),
      path: '/made',
      query: new URLSearchParams(),
      params: {},
      principal: {
        kind: 'user',
        tokenId: '1',
        userId: '1',
        username: 'one',
        email: null,
        name: 'One',
        scopes,
      },
      models: slipway.context.caches.models.scope(),
      remoteAddress: null,
    });
    const config = { ...slipway.context.config, writeWaitMs, secret };
    return rememberAnswer(request, { ...slipway.context, config }, write);
  }

  const made = { status: 201, headers: { Location: '/made/1' }, body: { id: '1' } };
  const never = () => Promise.reject(new Error('done twice'));
  const expireClaims = () =>
    slipway.pool.query("update idempotent_answer set claimed_at = now() - interval '61 seconds'");

  test('that comes again has the headers of the first answer too', async () => {
    expect(await remember('headers', () => Promise.resolve(made))).toEqual(made);
    expect(await remember('headers', never)).toEqual(made);
  });

  test('that takes long holds up its repeats for as long as a write waits, and no longer', async () => {
    const gate = Promise.withResolvers<ApiResponse>();
    const first = remember('slow', () => gate.promise);
    await expect.poll(kept).toHaveLength(1);
    await expect(remember('slow', never, { writeWaitMs: 50 })).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterMs: 1_000,
    });
    const waiting = remember('slow', never);
    gate.resolve(made);
    expect(await Promise.all([first, waiting])).toEqual([made, made]);
  });

  test('that throws gives the key to one of those who wait for it', async () => {
    const gate = Promise.withResolvers<ApiResponse>();
    const first = remember('thrown', () => gate.promise);
    await expect.poll(kept).toHaveLength(1);
    const waiting = remember('thrown', () => Promise.resolve(made));
    gate.reject(new Error('refused'));
    await expect(first).rejects.toThrow('refused');
    expect(await waiting).toEqual(made);
  });

  test('that died is taken over once its claim has run out, by one of its repeats', async () => {
    const gate = Promise.withResolvers<ApiResponse>();
    const dead = remember('dead', () => gate.promise);
    await expect.poll(kept).toHaveLength(1);
    await expireClaims();
    let effects = 0;
    const repeats = Array.from({ length: 20 }, () =>
      remember('dead', () => {
        effects += 1;
        return Promise.resolve(made);
      }),
    );
    expect(await Promise.all(repeats)).toEqual(Array(20).fill(made));
    expect(effects).toBe(1);
    // It was not dead after all: it neither changes what the others were told nor frees the key.
    gate.resolve({ status: 201, body: { id: '2' } });
    expect(await dead).toMatchObject({ body: { id: '2' } });
    expect(await remember('dead', never)).toEqual(made);
  });

  test('that was refused after another took over does not free the key', async () => {
    const gate = Promise.withResolvers<ApiResponse>();
    const late = remember('late', () => gate.promise);
    await expect.poll(kept).toHaveLength(1);
    await expireClaims();
    const second = Promise.withResolvers<ApiResponse>();
    const owner = remember('late', () => second.promise);
    const fresh = "select from idempotent_answer where claimed_at > now() - interval '30 seconds'";
    await expect.poll(() => rows(fresh)).toHaveLength(1);
    gate.resolve({ status: 404 });
    await late;
    expect(await kept()).toHaveLength(1);
    second.resolve(made);
    expect(await owner).toEqual(made);
  });

  test('during which the database goes away has its own answer, and its claim runs out', async () => {
    const whileAway = async (key: string, outcome: () => Promise<ApiResponse>) => {
      const goAway = () => rows('alter table idempotent_answer rename to away');
      try {
        return await remember(key, () => goAway().then(outcome));
      } finally {
        await rows('alter table away rename to idempotent_answer');
      }
    };
    expect(await whileAway('applied', () => Promise.resolve(made))).toEqual(made);
    await expect(whileAway('refused', () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    );
    expect(await kept()).toMatchObject([{ status: null }, { status: null }]);
    await expireClaims();
    expect(await remember('refused', () => Promise.resolve(made))).toEqual(made);
  });

  test('with an answer too large to keep is remembered as done', async () => {
    const large = { status: 200, body: { text: 'x'.repeat(1024 * 1024) } };
    expect(await remember('large', () => Promise.resolve(large))).toEqual(large);
    expect((await kept())[0]).toMatchObject({ status: 200, answer: null });
    expect(await remember('large', never)).toEqual({
      status: 200,
      body: { detail: expect.stringContaining('done before') },
    });
  });

  test('of before the secret was changed is remembered as done', async () => {
    await remember('sealed', () => Promise.resolve(made));
    await remember('sealed-204', () => Promise.resolve({ status: 204 }));
    const secret = 'another secret';
    expect(await remember('sealed', never, { secret })).toMatchObject({ status: 201 });
    expect(await remember('sealed-204', never, { secret })).toEqual({ status: 204 });
  });
});
