// Environments over HTTP: visibility per project, order, the environment without a name, filters.
import { beforeAll, describe, expect, it, test } from 'vitest';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const ofOrganization = '/api/0/organizations/acme/environments/';
const ofProject = (slug: string): string => `/api/0/projects/acme/${slug}/environments/`;

beforeAll(async () => {
  const { organizationId, web, api } = slipway.tenant;
  const link = async (name: string, projectId: string, isHidden: boolean | null) => {
    const { rows } = await slipway.pool.query<{ id: string }>(
      `insert into environment (organization_id, name) values ($1, $2)
       on conflict on constraint environment_organization_id_name_key do update set name = excluded.name
       returning id`,
      [organizationId, name],
    );
    await slipway.pool.query(
      'insert into environment_project (environment_id, project_id, is_hidden) values ($1, $2, $3)',
      [rows[0]!.id, projectId, isHidden],
    );
  };
  await link('prod', web.id, null);
  await link('Prod', web.id, false);
  await link('both', web.id, true);
  await link('both', api.id, null);
  await link('canary', api.id, true);
  await link('', web.id, null);
  await slipway.pool.query('insert into environment (organization_id, name) values ($1, $2)', [
    organizationId,
    'l'.repeat(64),
  ]);
});

const names = ({ body }: { body: any }) => body.map(({ name }: { name: string }) => name);

describe('environments of a project', () => {
  test.each([
    ['', ['Prod', 'prod']],
    ['?visibility=visible', ['Prod', 'prod']],
    ['?visibility=hidden', ['both']],
    ['?visibility=all', ['Prod', 'both', 'prod']],
  ])('with %j are %j, without the one that has no name', async (query, expected) => {
    expect(names(await slipway.call('GET', ofProject('web') + query))).toEqual(expected);
  });

  test.each([ofOrganization, ofProject('web')])('%s refuses another visibility', async (path) => {
    expect(await slipway.call('GET', `${path}?visibility=some`)).toMatchObject({
      status: 400,
      body: {
        detail: "Invalid value for 'visibility', valid values are: ['all', 'hidden', 'visible']",
      },
    });
  });

  it('are hidden and shown again, each for its project', async () => {
    const path = `${ofProject('web')}prod/`;
    expect((await slipway.call('GET', path)).body).toEqual({
      id: expect.any(String),
      name: 'prod',
      isHidden: false,
    });
    const hidden = await slipway.call('PUT', path, { body: { isHidden: true } });
    expect(hidden).toMatchObject({ status: 200, body: { name: 'prod', isHidden: true } });
    expect((await slipway.call('PUT', path, { body: {} })).body.isHidden).toBe(true);
    expect((await slipway.call('PUT', path, { body: { isHidden: false } })).body.isHidden).toBe(
      false,
    );
  });

  it('refuse what is no boolean', async () => {
    const path = `${ofProject('web')}prod/`;
    expect(await slipway.call('PUT', path, { body: { isHidden: 'maybe' } })).toMatchObject({
      status: 400,
      body: { isHidden: ['Must be a valid boolean.'] },
    });
  });

  it('without a name are called none in a path', async () => {
    const { status, body } = await slipway.call('GET', `${ofProject('web')}none/`);
    expect([status, body.name]).toEqual([200, '']);
  });

  test.each(['canary', 'nope', 'none'])('that are not linked are not found: %s', async (name) => {
    const project = name === 'none' ? 'api' : 'web';
    expect((await slipway.call('GET', `${ofProject(project)}${name}/`)).status).toBe(404);
    const put = await slipway.call('PUT', `${ofProject(project)}${name}/`, { body: {} });
    expect(put.status).toBe(404);
  });

  it('are read with project:releases and changed with project:write', async () => {
    const token = await slipway.token(['project:releases']);
    const path = `${ofProject('web')}prod/`;
    expect((await slipway.call('GET', path, { token })).status).toBe(200);
    const put = await slipway.call('PUT', path, { token, body: { isHidden: true } });
    expect(put.status).toBe(403);
  });
});

describe('environments of an organization', () => {
  test.each([
    ['', ['Prod', 'both', 'prod']],
    ['?visibility=hidden', ['both', 'canary']],
    ['?visibility=all', ['Prod', 'both', 'canary', 'prod']],
    ['?project=api&visibility=all', ['both', 'canary']],
    ['?project=web&visibility=visible', ['Prod', 'prod']],
  ])('with %j are %j: one project that sees it so is enough', async (query, expected) => {
    expect(names(await slipway.call('GET', ofOrganization + query))).toEqual(expected);
  });

  it('are those of projects that the caller may use', async () => {
    const put = (openMembership: boolean) =>
      slipway.call('PUT', '/api/0/organizations/acme/', { body: { openMembership } });
    await put(false);
    const token = await slipway.tenant.userToken(
      ['project:read'],
      await slipway.tenant.addMember('member'),
    );
    expect((await slipway.call('GET', ofOrganization, { token })).body).toEqual([]);
    await put(true);
  });
});

describe('a filter by environment', () => {
  const releases = '/api/0/organizations/acme/releases/';
  test.each([
    ['?environment=prod', 200],
    ['?environment=', 200],
    ['?environment=prod&environment=prod', 200],
    ['?environment=prod&environment=nope', 404],
    ['?environment=PROD', 404],
    [`?environment=${'l'.repeat(64)}`, 200],
    [`?environment=${'l'.repeat(65)}&environment=${'l'.repeat(70)}`, 200],
    [`?environment=${'l'.repeat(63)}`, 404],
  ])('%s answers %i', async (query, status) => {
    expect((await slipway.call('GET', releases + query)).status).toBe(status);
  });
});
