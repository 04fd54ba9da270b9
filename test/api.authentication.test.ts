import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createTenant, type Tenant } from './support/tenant.ts';
import { releasesPath } from './support/releaseRequests.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

let other: Tenant;
beforeAll(async () => {
  other = await createTenant(slipway.pool, 'other');
});

const call = (authorization: string | null, path = releasesPath): Promise<ApiAnswer> =>
  slipway.call('GET', path, {
    token: null,
    headers: authorization === null ? {} : { Authorization: authorization },
  });

const basic = (user: string): string => `Basic ${Buffer.from(`${user}:`).toString('base64')}`;

describe('401', () => {
  test.each([
    [null, 'Authentication credentials were not provided.'],
    ['', 'Authentication credentials were not provided.'],
    ['Digest abc', 'Authentication credentials were not provided.'],
    ['Bearer', 'Invalid token header. No credentials provided.'],
    ['Basic ', 'Invalid token header. No credentials provided.'],
    ['Bearer a b', 'Invalid token header. Token string should not contain spaces.'],
    ['Bearer nope', 'Invalid token'],
    [`Bearer sntryu_${'0'.repeat(64)}`, 'Invalid token'],
    ['Bearer sntrys_e30=_abc', 'Invalid org token'],
    [basic('nope'), 'API key is not valid'],
    [basic(''), 'API key is not valid'],
    ['Basic %%%', 'API key is not valid'],
    [`Bearer ${'x'.repeat(8_000)}`, 'Invalid token'],
  ])('%j: %s', async (authorization, detail) => {
    const answer = await call(authorization);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ detail });
    expect(answer.headers.get('www-authenticate')).toBe('xBasic realm="api"');
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  test('an expired token, one of an inactive user, a deactivated one of an organization', async () => {
    const { tenant, pool } = slipway;
    const expired = await tenant.userToken(['project:read']);
    await pool.query(
      "update api_token set expires_at = now() where token_last_characters = $1 and scopes = '{project:read}'",
      [expired.slice(-4)],
    );
    expect((await call(`Bearer ${expired}`)).body).toEqual({ detail: 'Token expired' });

    const userId = await tenant.addMember('member');
    const inactive = await tenant.userToken(['project:read'], userId);
    expect((await call(`Bearer ${inactive}`)).status).toBe(200);
    await pool.query('update app_user set is_active = false where id = $1', [userId]);
    expect((await call(`Bearer ${inactive}`)).body).toEqual({ detail: 'User inactive or deleted' });

    await pool.query(
      'update org_auth_token set date_deactivated = now() where organization_id = $1',
      [other.organizationId],
    );
    expect((await call(`Bearer ${other.organizationToken}`)).body).toEqual({
      detail: 'Invalid org token',
    });
    await pool.query('update org_auth_token set date_deactivated = null');
  });

  test('comes before everything else: the body, the method, the resource', async () => {
    for (const [method, path] of [
      ['PUT', '/api/0/organizations/nope/releases/x/'],
      ['POST', releasesPath],
      ['PATCH', releasesPath],
      ['PUT', '/api/0/organizations/'],
    ] as const) {
      const answer = await slipway.call(method, path, { token: null, raw: '{' });
      expect(answer.status, `${method} ${path}`).toBe(401);
    }
  });
});

describe('200', () => {
  test('a bearer token in any case of the word, and a token as user of Basic', async () => {
    const { ownerToken, organizationToken } = slipway.tenant;
    for (const header of [
      `bearer ${ownerToken}`,
      `BEARER  ${ownerToken}`,
      `Bearer ${organizationToken}`,
      basic(ownerToken),
      basic(organizationToken),
    ]) {
      expect((await call(header)).status, header.slice(0, 12)).toBe(200);
    }
  });

  test('the use of a token is recorded', async () => {
    const token = await slipway.tenant.userToken(['project:read', 'event:read']);
    await call(`Bearer ${token}`);
    await vi.waitFor(async () => {
      const { rows } = await slipway.pool.query(
        "select date_last_used from api_token where scopes = '{project:read,event:read}'",
      );
      expect(rows[0].date_last_used).not.toBeNull();
    });
  });

  test('GET / and GET /auth/ say who is calling', async () => {
    const { tenant } = slipway;
    const index = await call(`Bearer ${tenant.ownerToken}`, '/api/0/');
    expect(index.body).toMatchObject({
      version: '0',
      auth: { scopes: expect.arrayContaining(['project:releases']) },
      user: { id: tenant.ownerId, email: expect.stringContaining('@acme.test') },
    });
    const organization = await call(`Bearer ${tenant.organizationToken}`, '/api/0/');
    expect(organization.body).toMatchObject({ auth: { scopes: ['org:ci'] }, user: null });
    const user = await call(`Bearer ${tenant.ownerToken}`, '/api/0/auth/');
    expect(user.body).toMatchObject({ id: tenant.ownerId });
    const nobody = await call(`Bearer ${tenant.organizationToken}`, '/api/0/auth/');
    expect(nobody.status).toBe(401);
    expect((await call(`Bearer ${tenant.ownerToken}`, '/api/0/users/me/regions/')).status).toBe(
      404,
    );
  });
});

describe('another organization', () => {
  test('is 403 for a token of this one, 404 for people of this one and when it does not exist', async () => {
    const path = '/api/0/organizations/other/releases/';
    const ofOrganization = await call(`Bearer ${slipway.tenant.organizationToken}`, path);
    expect(ofOrganization).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    });
    for (const place of ['other', other.organizationId, 'nope', '0', '-1', '9'.repeat(30)]) {
      const answer = await slipway.call('GET', `/api/0/organizations/${place}/releases/`);
      expect(answer, place).toMatchObject({
        status: 404,
        body: { detail: 'The requested resource does not exist' },
      });
    }
    const unknown = await call(
      `Bearer ${slipway.tenant.organizationToken}`,
      '/api/0/organizations/nope/releases/',
    );
    expect(unknown.status).toBe(404);
  });

  test('that waits for its deletion is 404 for everybody', async () => {
    await slipway.pool.query(
      "update organization set status = 'pending_deletion' where slug = 'other'",
    );
    for (const token of [other.ownerToken, other.organizationToken]) {
      expect((await call(`Bearer ${token}`, '/api/0/organizations/other/releases/')).status).toBe(
        404,
      );
    }
    await slipway.pool.query("update organization set status = 'active'");
  });
});

describe('a role narrows the scopes of a token', () => {
  test('a member may release but not write projects, and is told which scopes would do', async () => {
    const userId = await slipway.tenant.addMember('member');
    const token = await slipway.tenant.userToken(['project:write', 'project:admin'], userId);
    const answer = await slipway.call('POST', releasesPath, { token, body: {} });
    expect(answer.status).toBe(403);
    expect(answer.body.detail).toMatch(
      /^You do not have permission to perform this action\. .*project:releases/,
    );
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_scope", scope="project:write project:admin project:releases org:ci"',
    );
    const releases = await slipway.tenant.userToken(['project:releases'], userId);
    expect((await slipway.call('POST', releasesPath, { token: releases, body: {} })).status).toBe(
      400,
    );
  });
});
