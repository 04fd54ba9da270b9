// Every route × every scope × every role and kind of token, against permissionTable.ts: a route without a row fails.
import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../api/http/route.ts';
import { routes } from '../api/routes/index.ts';
import { roles, scopes as allScopes, type Role, type Scope } from '../domain/scopes.ts';
import { uuidV7 } from '../infra/uuidV7.ts';
import {
  acceptedScopes,
  expectedOutcome,
  permissionOf,
  type Caller,
} from './support/permissionWalk.ts';
import { permissions } from './support/permissionTable.ts';
import { createTenant, type Tenant } from './support/tenant.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

type WalkedCaller = Caller & Readonly<{ token: string }>;

/** As many requests are on their way at a time. */
const CONCURRENCY = 8;

const UNKNOWN_ID = '999999999';

let other: Tenant;
/** Each scope alone, and all of them together, in the hands of everybody. */
let callers: readonly WalkedCaller[];
let known: Readonly<Record<string, string>>;

beforeAll(async () => {
  other = await createTenant(slipway.pool, 'other');
  callers = await allCallers();
  known = await fillIn();
}, 60_000);

async function allCallers(): Promise<WalkedCaller[]> {
  const { tenant } = slipway;
  const granted: readonly (readonly Scope[])[] = [allScopes, ...allScopes.map((scope) => [scope])];
  const userIds = new Map<Role, string>();
  for (const role of roles) userIds.set(role, await tenant.addMember(role, [tenant.teamId]));
  const made: Promise<WalkedCaller>[] = granted.flatMap((scopes) => [
    ...roles.map(async (is) => ({
      scopes,
      is,
      token: await tenant.userToken(scopes, userIds.get(is)),
    })),
    organizationToken(scopes, 'organizationToken', tenant),
  ]);
  const outside: WalkedCaller[] = [
    { scopes: allScopes, is: 'stranger', token: other.ownerToken },
    { scopes: allScopes, is: 'stranger', token: await tenant.userToken(allScopes, await loner()) },
    await organizationToken(allScopes, 'tokenOfAnother', other),
  ];
  return [...(await Promise.all(made)), ...outside];
}

async function organizationToken(
  scopes: readonly Scope[],
  is: Caller['is'],
  { organizationId }: Tenant,
): Promise<WalkedCaller> {
  const token = `sntrys_${randomUUID()}`;
  await slipway.pool.query(
    `insert into org_auth_token (organization_id, name, token_hash, token_last_characters, scopes)
     values ($1, 'walk', $2, '1234', $3)`,
    [organizationId, createHash('sha256').update(token).digest(), scopes],
  );
  return { scopes, is, token };
}

/** Somebody who is no member of anything. */
async function loner(): Promise<string> {
  const { rows } = await slipway.pool.query<{ id: string }>(
    "insert into app_user (username) values ('loner') returning id",
  );
  return rows[0]!.id;
}

/** One of everything that a path may name by an id alone. */
async function fillIn(): Promise<Record<string, string>> {
  const { pool, tenant } = slipway;
  const one = async (text: string, ...values: unknown[]): Promise<string> =>
    (await pool.query<{ id: string }>(text, values)).rows[0]!.id;
  for (const { organizationId, web } of [tenant, other]) {
    await pool.query(
      `with added as (insert into release (organization_id, version) values ($1, $3) returning id)
       insert into release_project (release_id, project_id) select id, $2 from added`,
      [organizationId, web.id, organizationId === other.organizationId ? 'theirs' : 'ours'],
    );
  }
  await pool.query("update project set slug = 'others-web' where id = $1", [other.web.id]);
  const issue = await one(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
     values ($1, 1, 'Broken', now(), now(), now()) returning id`,
    tenant.web.id,
  );
  await pool.query(
    `insert into event (project_id, event_id, group_id, timestamp, data)
     values ($1, gen_random_uuid(), $2, now(), '{}')`,
    [tenant.web.id, issue],
  );
  const operation = uuidV7();
  await pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status, outcome)
     values ($1, $2, 'ours', 'release.update', '{updateRelease}', '{}', '\\x00', '{}', 'done', '{"status":204}')`,
    [operation, tenant.organizationId],
  );
  return { issue, operation, event: 'latest', webhook: await webhook() };
}

async function webhook(): Promise<string> {
  const { rows } = await slipway.pool.query<{ id: string }>(
    `insert into webhook (organization_id, url, events, secret_encrypted)
     values ($1, 'https://hook.test', '{release.created}', '\\x00') returning id`,
    [slipway.tenant.organizationId],
  );
  return rows[0]!.id;
}

type Call = Readonly<{ path: string; body?: unknown }>;

/**
 * A request that changes nothing, or nothing that matters, when it gets through: lists as bodies, names of nothing at
 * the end of what is deleted.
 */
async function callOf({ name, method, path }: Route): Promise<Call> {
  const values: Record<string, string | undefined> = {
    organization: 'acme',
    project: 'web',
    version: 'ours',
    ...known,
  };
  const special = await specialCall(name);
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter!);
  const last = parameters.at(-1);
  if (method === 'DELETE' && last !== undefined && last !== 'organization') {
    values[last] = UNKNOWN_ID;
  }
  const named = { ...values, ...special.values };
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, parameter: string) => named[parameter] ?? UNKNOWN_ID,
  );
  const body = method === 'POST' || method === 'PUT' ? { body: special.body ?? [] } : {};
  return { path: `${filled}${special.query ?? ''}`, ...body };
}

type Special = Readonly<{ values?: Record<string, string>; query?: string; body?: unknown }>;

/** What some routes need before they look at who asks. */
async function specialCall(name: string): Promise<Special> {
  switch (name) {
    case 'listWebhooks':
    case 'listDeliveries':
      return { query: '?organization=acme' };
    case 'createWebhook':
      // Refused for its address, after the caller.
      return {
        body: { organization: 'acme', url: 'http://127.0.0.1:1/', events: ['release.created'] },
      };
    case 'storePullRequest':
      return { body: { organization: 'acme', repository: 'walk', key: '1' } };
    case 'getWebhook':
    case 'updateWebhook':
    case 'listWebhookDeliveries':
      return { values: { id: known['webhook']! } };
    case 'deleteWebhook':
      return { values: { id: await webhook() } };
    case 'getOperation':
      return { values: { id: known['operation']! } };
    case 'deleteIssueLink':
      return { values: { issue: known['issue']! } };
    default:
      return {};
  }
}

/** What they would do is too much for a walk: they are asked for what nobody finds. */
const findsNothing = ['redeliver', 'deleteIssueById'];

const send = (route: Route, { path, body }: Call, token: string | null): Promise<ApiAnswer> =>
  slipway.call(route.method, path, { token, ...(body === undefined ? {} : { body }) });

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

const byName = (route: Route): [string, Route] => [route.name, route];
// A route without a row fails the test of the table, and only that.
const stated = routes.filter(({ name }) => name in permissions);
const closed = stated.filter((route) => permissionOf(route).scopes !== 'public');
const scoped = closed.filter((route) => typeof permissionOf(route).scopes !== 'string');

describe('the table', () => {
  test('has a row for every route, and none for any other', () => {
    expect(Object.keys(permissions).toSorted()).toEqual(routes.map(({ name }) => name).toSorted());
  });

  test('names and paths of routes are unique', () => {
    expect(new Set(routes.map((route) => route.name)).size).toBe(routes.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });
});

describe('without a token', () => {
  test.each(closed.map(byName))('%s is a 401', async (_, route) => {
    expect(await send(route, await callOf(route), null)).toMatchObject({
      status: 401,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });

  test.each(stated.filter((route) => !closed.includes(route)).map(byName))(
    '%s is open',
    async (_, route) => {
      const { status, body } = await send(route, await callOf(route), null);
      expect(body?.detail).not.toBe('Authentication credentials were not provided.');
      expect(status).not.toBe(403);
    },
  );
});

describe('every scope of every role and kind of token', () => {
  test.each(closed.map(byName))('%s', async (name, route) => {
    const permission = permissionOf(route);
    await inTurns(callers, async ({ token, ...caller }) => {
      const outcome = expectedOutcome(permission, caller, route.path);
      // Whoever gets through here would end the organization of all others.
      if (name === 'deleteOrganization' && outcome === 'through') return;
      const { status, text } = await send(route, await callOf(route), token);
      const who = `${caller.is} with ${caller.scopes.length === 1 ? caller.scopes[0] : 'everything'}: ${status} ${text}`;
      if (outcome !== 'through') {
        expect(status, who).toBe(outcome);
      } else {
        expect([401, 403], who).not.toContain(status);
        if (permission.isHidden && !findsNothing.includes(name)) expect(status, who).not.toBe(404);
        expect(status, who).toBeLessThan(500);
      }
    });
  });

  test('deleteOrganization, of an organization of its own', async () => {
    const doomed = await createTenant(slipway.pool, 'doomed');
    const token = await doomed.userToken(['org:admin']);
    const { status } = await slipway.call('DELETE', '/api/0/organizations/doomed/', { token });
    expect(status).toBe(202);
  });
});

describe('a token without the scopes', () => {
  test.each(scoped.map(byName))('of %s is told which would do', async (_, route) => {
    const accepted = acceptedScopes(permissionOf(route));
    const token = await slipway.token(allScopes.filter((scope) => !accepted.includes(scope)));
    const answer = await send(route, await callOf(route), token);
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.body)).toEqual(['detail']);
    expect(answer.body.detail).toMatch(/^You do not have permission to perform this action\./);
    const named = new Set(answer.body.detail.match(/[a-z]+:[a-z]+/g));
    expect(accepted.some((scope) => named.has(scope))).toBe(true);
    for (const scope of named) expect(accepted).toContain(scope);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="${[...named].join(' ')}"`,
    );
  });

  test('is told before anything is looked for', async () => {
    const token = await slipway.token(['event:read']);
    for (const organization of ['acme', 'nothing']) {
      const path = `/api/0/organizations/${organization}/releases/nothing/`;
      expect((await slipway.call('GET', path, { token })).status).toBe(403);
    }
  });

  test('whose person lacks the role is told the same', async () => {
    const token = await slipway.tenant.userToken(
      allScopes,
      await slipway.tenant.addMember('member'),
    );
    const answer = await slipway.call('PUT', '/api/0/organizations/acme/', { token, body: {} });
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toBe(
      'You do not have permission to perform this action. ' +
        'Your role in this organization lacks all of these scopes: org:write, org:admin.',
    );
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="org:write org:admin"',
    );
  });
});

describe('with the ids of another organization', () => {
  const inOrganization = closed.filter(({ path }) => path.includes('{organization}'));
  const fill = ({ path }: Route, values: Record<string, string>): string =>
    path.replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) =>
        ({ organization: 'acme', project: 'web', ...values })[name] ?? UNKNOWN_ID,
    );
  const call = (route: Route, values: Record<string, string>): Promise<ApiAnswer> =>
    send(
      route,
      {
        path: fill(route, values),
        ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: [] }),
      },
      slipway.tenant.ownerToken,
    );

  test.each(inOrganization.map(byName))('%s is a 404, by slug and by id', async (_, route) => {
    for (const organization of ['other', other.organizationId]) {
      const values = { organization, project: 'others-web', version: 'theirs' };
      expect((await call(route, values)).status).toBe(404);
    }
  });

  test.each(inOrganization.filter(({ path }) => path.includes('{project}')).map(byName))(
    '%s does not find a foreign project',
    async (_, route) => {
      for (const project of ['others-web', other.web.id, other.api.id]) {
        expect((await call(route, { project, version: 'ours' })).status).toBe(404);
      }
    },
  );

  test.each(inOrganization.filter(({ path }) => path.includes('{version}')).map(byName))(
    '%s does not find a foreign release',
    async (_, route) => {
      expect((await call(route, { version: 'theirs' })).status).toBe(404);
    },
  );

  test('bodies and queries do not reach there either', async () => {
    const releases = '/api/0/organizations/acme/releases/';
    for (const project of [Number(other.api.id), other.api.id, 'others-web']) {
      const created = await slipway.call('POST', releases, {
        body: { version: 'x', projects: [project] },
      });
      expect(created.body).toEqual({ projects: ['Invalid project ids or slugs'] });
      const deployed = await slipway.call('POST', `${releases}ours/deploys/`, {
        body: { environment: 'prod', projects: [project] },
      });
      expect(deployed.body).toEqual({ projects: ['Invalid project'] });
      const listed = await slipway.call('GET', `${releases}?project=${project}`);
      expect(listed.status).toBe(403);
    }
    const owned = await slipway.call('POST', releases, {
      body: { version: 'x', projects: ['web'], owner: other.ownerId },
    });
    expect(owned.body).toEqual({ owner: ['User does not have access to this organization'] });
  });

  test('an operation is a 404, and is found by its own', async () => {
    const path = `/api/slipway/v1/operations/${known['operation']}`;
    const notFound = { status: 404, body: { detail: 'The requested resource does not exist' } };
    for (const token of [other.ownerToken, other.organizationToken]) {
      expect(await slipway.call('GET', path, { token })).toMatchObject(notFound);
    }
    const { body } = await slipway.call('GET', path);
    expect(body).toMatchObject({ status: 'done', outcome: { status: 204 }, error: null });
  });
});
