// Tokens over HTTP: those of an organization and those of a user.
import { describe, expect, it, test } from 'vitest';
import { parseOrganizationToken } from '../domain/tokens.ts';
import { shortJson } from './support/shortJson.ts';
import { useSlipway } from './support/slipway.ts';
import { TEST_PUBLIC_URL } from './support/tenant.ts';

const slipway = useSlipway({ worker: false });
const orgTokens = '/api/0/organizations/acme/org-auth-tokens/';
const userTokens = '/api/0/api-tokens/';

describe('a token of an organization', () => {
  it('is shown once, works at once, tells clients where to send it, and is listed without its secret', async () => {
    const { status, body } = await slipway.call('POST', orgTokens, { body: { name: 'ci' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'ci',
      scopes: ['org:ci'],
      tokenLastCharacters: body.token.slice(-4),
      dateLastUsed: null,
      projectLastUsedId: null,
    });
    expect(parseOrganizationToken(body.token)).toMatchObject({
      url: TEST_PUBLIC_URL,
      organization: 'acme',
    });
    const releases = '/api/0/organizations/acme/releases/';
    expect((await slipway.call('GET', releases, { token: body.token })).status).toBe(200);
    const one = await slipway.call('GET', `${orgTokens}${body.id}/`);
    const { token: _, ...shown } = body;
    await expect
      .poll(async () => (await slipway.call('GET', `${orgTokens}${body.id}/`)).body.dateLastUsed)
      .toEqual(expect.any(String));
    expect(one.body).toEqual({ ...shown, dateLastUsed: one.body.dateLastUsed });
    const listed = (await slipway.call('GET', orgTokens)).body;
    expect(listed[0]).toMatchObject({ id: body.id });
    expect(JSON.stringify(listed)).not.toContain('"token":');
  });

  it('is renamed and ended, after which it neither works nor is found', async () => {
    const { body } = await slipway.call('POST', orgTokens, { body: { name: 'old' } });
    const path = `${orgTokens}${body.id}/`;
    expect((await slipway.call('PUT', path, { body: { name: 'new' } })).status).toBe(204);
    expect((await slipway.call('GET', path)).body.name).toBe('new');
    expect((await slipway.call('DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await slipway.call(
        method,
        path,
        method === 'PUT' ? { body: { name: 'x' } } : {},
      );
      expect([method, answer.status]).toEqual([method, 404]);
    }
    expect((await slipway.call('GET', '/api/0/', { token: body.token })).status).toBe(401);
    const { rows } = await slipway.pool.query(
      'select event, data from audit_log where target_object = $1 order by id',
      [body.id],
    );
    expect(rows).toEqual([
      { event: 'org-auth-token.create', data: { name: 'old', scopes: ['org:ci'] } },
      { event: 'org-auth-token.remove', data: { name: 'new', scopes: ['org:ci'] } },
    ]);
  });

  test.each(
    [
      [{}, 'The name cannot be blank.'],
      [{ name: '  ' }, 'The name cannot be blank.'],
      [{ name: 'x'.repeat(256) }, 'The name cannot be longer than 255 characters.'],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )(
    'with the name of %s is refused: as a list on POST, as text on PUT',
    async (_, body, problem) => {
      expect(await slipway.call('POST', orgTokens, { body })).toMatchObject({
        status: 400,
        body: { detail: [problem] },
      });
      const [known] = (await slipway.call('GET', orgTokens)).body;
      expect(await slipway.call('PUT', `${orgTokens}${known.id}/`, { body })).toMatchObject({
        status: 400,
        body: { detail: problem },
      });
    },
  );

  it('may be made with org:read and ended with org:write only', async () => {
    const token = await slipway.token(['org:read']);
    const made = await slipway.call('POST', orgTokens, { token, body: { name: 'by a reader' } });
    expect(made.status).toBe(201);
    const path = `${orgTokens}${made.body.id}/`;
    expect((await slipway.call('DELETE', path, { token })).status).toBe(403);
    const { organizationToken } = slipway.tenant;
    expect((await slipway.call('GET', orgTokens, { token: organizationToken })).status).toBe(403);
  });

  it('of another organization is not found', async () => {
    await slipway.call('POST', '/api/0/organizations/', { body: { name: 'Elsewhere' } });
    const foreign = '/api/0/organizations/elsewhere/org-auth-tokens/';
    const { body } = await slipway.call('POST', foreign, { body: { name: 'x' } });
    expect((await slipway.call('DELETE', `${orgTokens}${body.id}/`)).status).toBe(404);
    expect((await slipway.call('GET', `${orgTokens}nope/`)).status).toBe(404);
  });
});

describe('a token of a user', () => {
  const create = (body: unknown, token?: string) =>
    slipway.call('POST', userTokens, token === undefined ? { body } : { body, token });

  it('is shown once, works at once and is gone when it is ended', async () => {
    const { status, body } = await create({ name: 'laptop', scopes: ['org:read'] });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'laptop',
      scopes: ['org:read'],
      expiresAt: null,
      token: expect.stringMatching(/^sntryu_[0-9a-f]{64}$/),
    });
    const index = await slipway.call('GET', '/api/0/', { token: body.token });
    expect(index.body.auth.scopes).toEqual(['org:read']);
    const listed = (await slipway.call('GET', userTokens)).body;
    expect(listed[0]).toMatchObject({ id: body.id, tokenLastCharacters: body.token.slice(-4) });
    expect(listed[0]).not.toHaveProperty('token');
    const end = await slipway.call('DELETE', userTokens, { body: { tokenId: body.id } });
    expect(end.status).toBe(204);
    expect((await slipway.call('GET', '/api/0/', { token: body.token })).status).toBe(401);
    const again = await slipway.call('DELETE', `${userTokens}?tokenId=${body.id}`);
    expect(again.status).toBe(404);
    expect((await slipway.call('DELETE', userTokens)).status).toBe(400);
  });

  it('passes on no scope that it lacks, and implied ones that it has', async () => {
    const token = await slipway.token(['project:write']);
    expect((await create({ scopes: ['project:read'] }, token)).status).toBe(201);
    expect(await create({ scopes: ['project:read', 'org:admin'] }, token)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('org:admin') },
    });
  });

  it('is not outlived by what it makes', async () => {
    const token = await slipway.token(['org:read']);
    await slipway.pool.query(
      "update api_token set expires_at = '2100-01-01Z' where token_last_characters = $1",
      [token.slice(-4)],
    );
    const forever = await create({ scopes: ['org:read'] }, token);
    expect(forever.body.expiresAt).toBe('2100-01-01T00:00:00.000000Z');
    const shorter = await create(
      { scopes: ['org:read'], expiresAt: '2090-01-01T00:00:00Z' },
      token,
    );
    expect(shorter.body.expiresAt).toBe('2090-01-01T00:00:00.000000Z');
  });

  it('ends no token that reaches further, nor those of others', async () => {
    const small = await slipway.token(['org:read']);
    const big = (await create({ scopes: ['org:admin'] })).body;
    const end = (id: string, token: string) =>
      slipway.call('DELETE', userTokens, { token, body: { tokenId: id } });
    expect((await end(big.id, small)).status).toBe(404);
    const stranger = await slipway.tenant.userToken(
      ['org:admin'],
      await slipway.tenant.addMember('owner'),
    );
    expect((await end(big.id, stranger)).status).toBe(404);
    expect((await slipway.call('GET', '/api/0/', { token: big.token })).status).toBe(200);
  });

  test.each(
    [
      [{}, { scopes: ['This field is required.'] }],
      [{ scopes: [] }, { scopes: ['This list may not be empty.'] }],
      [{ scopes: ['nope'] }, { scopes: ['"nope" is not a valid choice.'] }],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )('of %s is refused', async (_, body, errors) => {
    expect(await create(body)).toMatchObject({ status: 400, body: errors });
  });

  it('is not for organization tokens', async () => {
    const answer = await slipway.call('GET', userTokens, {
      token: slipway.tenant.organizationToken,
    });
    expect(answer).toMatchObject({
      status: 401,
      body: { detail: 'This request requires an authenticated user.' },
    });
  });
});
