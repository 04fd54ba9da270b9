// Keys of a project over HTTP: made, switched off, ended; what is sent with one is taken exactly as long as it is on.
import { beforeAll, describe, expect, it, test } from 'vitest';
import { envelope } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';
import { createTenant, TEST_PUBLIC_URL, type Tenant } from './support/tenant.ts';

const slipway = useSlipway({ worker: false });
const keys = '/api/0/projects/acme/web/keys/';

let other: Tenant;
beforeAll(async () => {
  other = await createTenant(slipway.pool, 'other');
});

const create = (body: unknown = {}) => slipway.call('POST', keys, { body });

const send = async (publicKey: string): Promise<number> => {
  const path = `/api/${slipway.tenant.web.id}/store/?sentry_key=${publicKey}`;
  return (await slipway.call('POST', path, { token: null, body: { message: 'hello' } })).status;
};

/** An envelope in which there is nothing to store. */
const report = async (publicKey: string): Promise<number> => {
  const path = `/api/${slipway.tenant.web.id}/envelope/?sentry_key=${publicKey}`;
  const raw = envelope({}, [{ header: { type: 'client_report' }, payload: {} }]);
  return (await slipway.call('POST', path, { token: null, raw })).status;
};

const audit = async () =>
  (await slipway.call('GET', '/api/0/organizations/acme/audit-logs/')).body.rows;

describe('a key of a project', () => {
  it('is made with a DSN that works at once, and is listed', async () => {
    const { status, body } = await create({ name: 'Mobile' });
    expect(status).toBe(201);
    const { id } = slipway.tenant.web;
    expect(body).toMatchObject({
      id: body.public,
      public: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'Mobile',
      label: 'Mobile',
      isActive: true,
      projectId: id,
      dsn: { public: `${TEST_PUBLIC_URL.replace('//', `//${body.public}@`)}/${id}` },
    });
    expect(await send(body.public)).toBe(200);
    expect((await slipway.call('GET', `${keys}${body.id}/`)).body).toEqual(body);
    const listed = (await slipway.call('GET', keys)).body;
    expect(listed).toContainEqual(body);
    expect((await audit())[0]).toMatchObject({
      event: 'projectkey.create',
      note: `added project key ${body.public}`,
      data: { label: 'Mobile', public_key: body.public, status: 0 },
    });
  });

  test.each([
    [{}, 'Default'],
    [{ name: '' }, 'Default'],
    [{ name: null, label: 'Label' }, 'Label'],
  ])('made with %j is called %s', async (body, name) => {
    expect((await create(body)).body.name).toBe(name);
  });

  it('takes nothing while it is off, and everything when it is on again', async () => {
    const { body: key } = await create();
    const path = `${keys}${key.id}/`;
    expect([await send(key.public), await report(key.public)]).toEqual([200, 200]);
    const off = await slipway.call('PUT', path, { body: { isActive: false } });
    expect(off).toMatchObject({ status: 200, body: { isActive: false, name: 'Default' } });
    expect([await report(key.public), await send(key.public)]).toEqual([403, 403]);
    const inactive = (await slipway.call('GET', `${keys}?status=inactive`)).body;
    expect(inactive).toEqual([off.body]);
    await slipway.call('PUT', path, { body: { isActive: true, name: 'Back' } });
    expect(await send(key.public)).toBe(200);
    expect((await audit())[0]).toMatchObject({ event: 'projectkey.edit', data: { label: 'Back' } });
  });

  it('is ended at once and for good', async () => {
    const { body: key } = await create();
    const path = `${keys}${key.id}/`;
    expect(await send(key.public)).toBe(200);
    expect((await slipway.call('DELETE', path)).status).toBe(204);
    expect(await send(key.public)).toBe(403);
    for (const method of ['GET', 'DELETE']) {
      expect((await slipway.call(method, path)).status).toBe(404);
    }
    expect((await slipway.call('PUT', path, { body: {} })).status).toBe(404);
    expect((await audit())[0]).toMatchObject({ event: 'projectkey.remove' });
  });

  test.each([
    [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    [{ isActive: 'perhaps' }, { isActive: ['Must be a valid boolean.'] }],
    [[], { non_field_errors: [expect.any(String)] }],
  ])('is not made of %j', async (body, errors) => {
    expect(await create(body)).toMatchObject({ status: 400, body: errors });
  });

  it('is made and changed with the scopes of its project, and ended with project:admin', async () => {
    const { body: key } = await create();
    const path = `${keys}${key.id}/`;
    const [read, write] = [
      await slipway.token(['project:read']),
      await slipway.token(['project:write']),
    ];
    expect((await slipway.call('GET', path, { token: read })).status).toBe(200);
    expect((await slipway.call('PUT', path, { token: read, body: {} })).status).toBe(403);
    expect((await slipway.call('POST', keys, { token: read, body: {} })).status).toBe(403);
    expect((await slipway.call('PUT', path, { token: write, body: {} })).status).toBe(200);
    expect((await slipway.call('DELETE', path, { token: write })).status).toBe(403);
  });

  it('of another project is not found', async () => {
    const theirs = await slipway.call('POST', '/api/0/projects/other/web/keys/', {
      token: other.ownerToken,
      body: {},
    });
    const path = `${keys}${theirs.body.id}/`;
    expect((await slipway.call('GET', path)).status).toBe(404);
    expect((await slipway.call('DELETE', path)).status).toBe(404);
    const foreign = `/api/0/projects/other/web/keys/${theirs.body.id}/`;
    expect((await slipway.call('GET', foreign)).status).toBe(404);
  });
});
