import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../api/http/route.ts';
import { routes } from '../api/routes/index.ts';
import { scopes as allScopes, type Scope } from '../domain/scopes.ts';
import { uuidV7 } from '../infra/uuidV7.ts';
import { createTenant, type Tenant } from './support/tenant.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/**
 * Walks every route: without a token, with a token that lacks its scopes, with each scope that should do, and with
 * the ids of another organization. A new route is walked from its first day.
 */
const slipway = useSlipway({ worker: false });

let other: Tenant;
let foreignOperation: string;

beforeAll(async () => {
  const { pool, tenant } = slipway;
  other = await createTenant(pool, 'other');
  await pool.query('update project set slug = $2 where id = $1', [other.web.id, 'others-web']);
  for (const { organizationId, web } of [tenant, other]) {
    const isOther = organizationId === other.organizationId;
    await pool.query(
      `with added as (insert into release (organization_id, version) values ($1, $2) returning id)
       insert into release_project (release_id, project_id) select id, $3 from added`,
      [organizationId, isOther ? 'theirs' : 'ours', web.id],
    );
  }
  foreignOperation = uuidV7();
  await pool.query(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status, outcome)
     values ($1, $2, 'theirs', 'release.update', '{updateRelease}', '{}', '\\x00', '{}', 'done', '{"status":204}')`,
    [foreignOperation, other.organizationId],
  );
});

type Values = Readonly<Record<string, string>>;

/** Own values where none is given; parameters of other areas get an id that nothing has. */
function pathOf(route: Route, values: Values = {}): string {
  const known: Values = { organization: 'acme', project: 'web', version: 'ours', ...values };
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? '999999999');
}

const call = (route: Route, token: string | null, values: Values = {}): Promise<ApiAnswer> =>
  slipway.call(route.method, pathOf(route, values), {
    token,
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: [] }),
  });

const byName = (route: Route): [string, Route] => [`${route.method} ${route.path}`, route];
const scoped = routes.filter((route) => typeof route.access !== 'string');

/** A deletion has no body to be refused for. */
const isDeletion = (route: Route): boolean => route.method === 'DELETE';

test('names and paths are unique', () => {
  expect(new Set(routes.map((route) => route.name)).size).toBe(routes.length);
  expect(new Set(routes.map((route) => byName(route)[0])).size).toBe(routes.length);
});

test('only the service pages are public, and the webhooks of hosts, which prove themselves', () => {
  const open = routes.filter((route) => route.access === 'public').map((route) => route.path);
  expect(
    open
      .filter((path) => path.startsWith('/api/0/') || path.startsWith('/api/slipway/'))
      .toSorted(),
  ).toEqual([
    '/api/slipway/v1/hooks/github/{organization}',
    '/api/slipway/v1/hooks/gitlab/{organization}',
  ]);
});

describe('without a token', () => {
  test.each(routes.filter((route) => route.access !== 'public').map(byName))(
    '%s is a 401',
    async (_, route) => {
      const answer = await call(route, null);
      expect(answer).toMatchObject({
        status: 401,
        body: { detail: 'Authentication credentials were not provided.' },
      });
    },
  );
});

describe('with a token', () => {
  test.each(scoped.map(byName))('%s is a 403 that names its scopes', async (_, route) => {
    const accepted = route.access as readonly Scope[];
    const token = await slipway.token(allScopes.filter((scope) => !accepted.includes(scope)));
    const answer = await call(route, token);
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.body)).toEqual(['detail']);
    expect(answer.body.detail).toMatch(/^You do not have permission to perform this action\./);
    for (const scope of accepted) expect(answer.body.detail).toContain(scope);
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer error="insufficient_scope", scope="${accepted.join(' ')}"`,
    );
  });

  test.each(scoped.filter((route) => !isDeletion(route)).map(byName))(
    '%s takes each of its scopes alone',
    async (_, route) => {
      for (const scope of route.access as readonly Scope[]) {
        const answer = await call(route, await slipway.token([scope]));
        expect([401, 403], `${scope}: ${answer.text}`).not.toContain(answer.status);
        expect(answer.status).toBeLessThan(500);
      }
    },
  );
});

describe('with the ids of another organization', () => {
  const inOrganization = routes.filter(
    (route) => route.access !== 'public' && route.path.includes('{organization}'),
  );

  test.each(inOrganization.map(byName))(
    '%s is a 404 for people, a 403 for an organization token',
    async (_, route) => {
      for (const organization of ['other', other.organizationId]) {
        const values = { organization, project: 'others-web', version: 'theirs' };
        expect((await call(route, slipway.tenant.ownerToken, values)).status).toBe(404);
        expect((await call(route, slipway.tenant.organizationToken, values)).status).toBe(403);
      }
    },
  );

  test.each(inOrganization.filter((route) => route.path.includes('{project}')).map(byName))(
    '%s does not find a foreign project',
    async (_, route) => {
      for (const project of ['others-web', other.web.id, other.api.id]) {
        expect((await call(route, slipway.tenant.ownerToken, { project })).status).toBe(404);
      }
    },
  );

  test.each(inOrganization.filter((route) => route.path.includes('{version}')).map(byName))(
    '%s does not find a foreign release',
    async (_, route) => {
      expect((await call(route, slipway.tenant.ownerToken, { version: 'theirs' })).status).toBe(
        404,
      );
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

  test('an operation is a 404, also for a token without the scope there', async () => {
    for (const token of [slipway.tenant.ownerToken, slipway.tenant.organizationToken]) {
      const answer = await slipway.call('GET', `/api/slipway/v1/operations/${foreignOperation}`, {
        token,
      });
      expect(answer).toMatchObject({
        status: 404,
        body: { detail: 'The requested resource does not exist' },
      });
    }
    const own = await slipway.call('GET', `/api/slipway/v1/operations/${foreignOperation}`, {
      token: other.ownerToken,
    });
    expect(own.body).toMatchObject({ status: 'done', outcome: { status: 204 }, error: null });
  });
});
