// Endpoints called from inside: like over HTTP, but for somebody who is known already.
import { describe, expect, test } from 'vitest';
import { ApiError } from '../api/internal/apiError.ts';
import { apiPath } from '../api/internal/apiPath.ts';
import type { InternalClient } from '../api/internal/internalClient.ts';
import type { Principal } from '../api/access/principal.ts';
import { scopes as allScopes, type Scope } from '../domain/scopes.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

const client = (): InternalClient => slipway.context.internal;

const owner = (scopes: readonly Scope[] = allScopes): Principal => ({
  kind: 'user',
  tokenId: '0',
  userId: slipway.tenant.ownerId,
  username: 'owner',
  name: '',
  email: null,
  scopes,
});

const organization = (scopes: readonly Scope[]): Principal => ({
  kind: 'organization',
  tokenId: '0',
  organizationId: slipway.tenant.organizationId,
  scopes,
});

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error('The call was not refused.');
  return error;
}

describe('a call', () => {
  test('is answered as over HTTP, whichever method it has', async () => {
    const path = '/organizations/acme/teams/';
    const made = await client().post(path, { as: owner(), data: { slug: 'made' } });
    expect(made).toMatchObject({ status: 201, body: { slug: 'made' } });
    const team = '/api/0/teams/acme/made/';
    const renamed = await client().put(team, { as: owner(), data: { name: 'New' } });
    expect(renamed).toMatchObject({ status: 200, body: { name: 'New' } });
    const found = await client().get(path, { as: owner(), query: { query: 'New' } });
    expect(found.body).toEqual(
      (await slipway.call('GET', `${path.replace(/^/, '/api/0')}?query=New`)).body,
    );
    expect(await client().delete(team, { as: owner() })).toEqual({ status: 204 });
    expect((await slipway.call('GET', team)).status).toBe(404);
  });

  test('sends what JSON carries: undefined is nothing, and a date is text', async () => {
    const data = { slug: 'plain', name: undefined, dateAdded: new Date() };
    const { status, body } = await client().post('/organizations/acme/teams/', {
      as: owner(),
      data,
    });
    expect({ status, body }).toMatchObject({ status: 201, body: { slug: 'plain', name: 'plain' } });
  });

  test('that is refused throws the status and the body, and its text shows both', async () => {
    const data = { slug: 'Not a slug' };
    const error = await refusal(client().post('/organizations/acme/teams/', { as: owner(), data }));
    const overHttp = await slipway.call('POST', '/api/0/organizations/acme/teams/', { body: data });
    expect(error).toMatchObject({ status: 400, body: overHttp.body });
    expect(error.message).toBe(`400: ${JSON.stringify(overHttp.body)}`);
  });

  test.each([
    ['/organizations/acme/nothing/', 404],
    ['/organizations/nothing/', 404],
    ['/organizations/acme', 404],
  ])('of %s is a %d', async (path, status) => {
    expect((await refusal(client().get(path, { as: owner() }))).status).toBe(status);
  });

  test('of a literal path does not reach one with a parameter in its place', async () => {
    const { body } = await client().get('/organizations/acme/releases/stats/', { as: owner() });
    expect(body).toEqual([]);
  });
});

describe('permissions are those of whom the call is for', () => {
  test('the scopes of the token', async () => {
    const call = client().put('/organizations/acme/', { as: owner(['org:read']), data: {} });
    const error = await refusal(call);
    expect(error.status).toBe(403);
    expect(error.message).toContain('org:write');
  });

  test('the role of the person', async () => {
    const as = { ...owner(), userId: await slipway.tenant.addMember('member') } as Principal;
    expect((await refusal(client().put('/organizations/acme/', { as, data: {} }))).status).toBe(
      403,
    );
  });

  test('a stranger finds nothing, and a token of a machine has no person', async () => {
    const { rows } = await slipway.pool.query(
      "insert into app_user (username) values ('stranger') returning id",
    );
    const as = { ...owner(), userId: rows[0].id } as Principal;
    expect((await refusal(client().get('/organizations/acme/', { as }))).status).toBe(404);
    const machine = organization(allScopes);
    expect((await refusal(client().get('/auth/', { as: machine }))).status).toBe(401);
    expect((await client().get('/organizations/acme/', { as: machine })).status).toBe(200);
  });

  test('no header makes a caller from outside one from inside', async () => {
    const principal = JSON.stringify(owner());
    const names = ['Internal', 'Principal', 'Trusted', 'User', 'Auth', 'As', 'Api-Client'];
    const headers = Object.fromEntries(
      names.flatMap((name) => [
        [`X-Slipway-${name}`, principal],
        [`X-Sentry-${name}`, principal],
        [`X-${name}`, principal],
      ]),
    );
    for (const more of [
      {},
      { Host: 'internal.invalid' },
      { 'X-Forwarded-Host': 'internal.invalid' },
    ]) {
      const answer = await slipway.call('GET', '/api/0/organizations/acme/', {
        token: null,
        headers: { ...headers, ...more },
      });
      expect(answer.status).toBe(401);
    }
    const token = await slipway.token(['org:read']);
    const path = '/api/0/organizations/acme/';
    const answer = await slipway.call('PUT', path, { token, body: {}, headers });
    expect(answer.status).toBe(403);
  });
});

test('names in paths are one segment, whatever is in them', () => {
  expect(apiPath`/projects/${'a/b'}/${'..?x=1'}/issues/`).toBe(
    '/projects/a%2Fb/..%3Fx%3D1/issues/',
  );
});

describe('a change of one issue', () => {
  test('goes through the endpoint of several, as the person and from the address of the request', async () => {
    const { rows } = await slipway.pool.query(
      `insert into group_ (project_id, short_id, title, status, substatus, first_seen, last_seen, active_at)
       values ($1, 1, 'Broken', 'unresolved', 'new', now(), now(), now()) returning id`,
      [slipway.tenant.web.id],
    );
    const path = `/api/0/issues/${rows[0].id}/`;
    const resolved = await slipway.call('PUT', path, { body: { status: 'resolved' } });
    expect(resolved).toMatchObject({ status: 200, body: { status: 'resolved' } });
    expect(resolved.body.activity[0]).toMatchObject({ user: { id: slipway.tenant.ownerId } });
    const body = { status: 'resolved', statusDetails: { inRelease: 'nothing' } };
    const refused = await slipway.call('PUT', path, { body });
    expect(refused).toMatchObject({
      status: 400,
      body: { statusDetails: { inRelease: ['Unable to find a release with the given version.'] } },
    });
  });
});
