import { beforeAll, describe, expect, test } from 'vitest';
import { commitOf, releasePath, releasesPath, sha } from './support/releaseRequests.ts';
import { teamMateToken, withClosedMembership } from './support/teamMate.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway();

const create = (version: string, more: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', releasesPath, { body: { version, projects: ['web', 'api'], ...more } });

const deploy = (version: string, body: unknown, options: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', releasePath(version, 'deploys/'), { body, ...options });

const list = (version: string, query = ''): Promise<ApiAnswer> =>
  slipway.call('GET', `${releasePath(version, 'deploys/')}${query}`);

const deployCount = async (version: string): Promise<number> =>
  (await slipway.call('GET', releasePath(version))).body.deployCount;

const announcements = async (version: string): Promise<string[]> => {
  const { rows } = await slipway.pool.query(
    `select slug || ' ' || (data ->> 'environment') as line from activity join project on project.id = project_id
      where type = 'deploy' and data ->> 'version' = $1 order by activity.id`,
    [version],
  );
  return rows.map((row) => row.line);
};

describe('201', () => {
  test('a deploy is answered in full and becomes the last one of its release', async () => {
    await create('full');
    const answer = await deploy('full', {
      environment: ' staging ',
      name: 'blue-7',
      url: 'https://ci.acme.test/runs/7',
      dateStarted: '1700000000',
      dateFinished: '2026-02-03T10:15:00Z',
      projects: ['web', slipway.tenant.web.id],
    });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      environment: 'staging',
      name: 'blue-7',
      url: 'https://ci.acme.test/runs/7',
      dateStarted: '2023-11-14T22:13:20.000000Z',
      dateFinished: '2026-02-03T10:15:00.000000Z',
    });
    const release = await slipway.call('GET', releasePath('full'));
    expect(release.body).toMatchObject({ deployCount: 1, lastDeploy: answer.body });
  });

  test.each([
    [{ dateFinished: null, name: null, url: null, dateStarted: null }],
    [{}],
    [{ url: '', name: '' }],
  ])('without an end (%j) it is finished now', async (more) => {
    await create('now');
    const before = Date.now();
    const environment = `prod ${Object.keys(more).length}`;
    const answer = await deploy('now', { environment, ...more });
    expect(answer.status, answer.text).toBe(201);
    expect(Date.parse(answer.body.dateFinished)).toBeGreaterThanOrEqual(before - 1_000);
    expect(answer.body.url).toBeNull();
  });

  test('the last deploy is the one created last, whatever its dates', async () => {
    await create('order');
    await deploy('order', { environment: 'prod', dateFinished: '2026-05-05T00:00:00Z' });
    const second = await deploy('order', {
      environment: 'prod',
      dateFinished: '2020-01-01T00:00:00Z',
    });
    const release = await slipway.call('GET', releasePath('order'));
    expect(release.body).toMatchObject({ deployCount: 2, lastDeploy: { id: second.body.id } });
  });

  test('an environment name may hold everything but slashes and line ends', async () => {
    await create('names');
    for (const environment of ['a b', 'tab\there', 'prod:eu', '環境', '.', 'e'.repeat(64)]) {
      expect((await deploy('names', { environment })).body.environment).toBe(environment);
    }
  });

  test('every project of the release hears of it, also when only one is deployed', async () => {
    await create('heard');
    await deploy('heard', { environment: 'prod', projects: ['web'] });
    expect((await announcements('heard')).sort()).toEqual(['api prod', 'web prod']);
  });

  test('while commits are still to be fetched the announcement waits for them', async () => {
    await slipway.pool.query(
      "insert into repository (organization_id, name) values ($1, 'acme/w')",
      [slipway.tenant.organizationId],
    );
    await create('waits', { refs: [{ repository: 'acme/w', commit: sha(1) }] });
    await deploy('waits', { environment: 'prod' });
    expect(await announcements('waits')).toEqual([]);
    await slipway.call('PUT', releasePath('waits'), { body: { commits: [commitOf(1)] } });
    expect(await announcements('waits')).toHaveLength(2);
  });

  test('any client that may write releases may deploy: an organization token too', async () => {
    await create('by-ci');
    const answer = await deploy(
      'by-ci',
      { environment: 'prod', projects: ['web'] },
      { token: slipway.tenant.organizationToken },
    );
    expect(answer.status, answer.text).toBe(201);
  });
});

describe('retries', () => {
  const body = { environment: 'prod', dateFinished: '2026-02-03T10:15:00Z' };

  test('the same deploy by the same client is answered with the stored one', async () => {
    await create('retried');
    const first = await deploy('retried', body);
    const second = await deploy('retried', { ...body, environment: 'prod ', name: null });
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(await deployCount('retried')).toBe(1);
  });

  test('another client, another environment or another name makes another deploy', async () => {
    await create('others');
    await deploy('others', body);
    await deploy('others', body, { headers: { 'User-Agent': 'another-client/1' } });
    await deploy('others', { ...body, environment: 'staging' });
    await deploy('others', { ...body, name: 'x' });
    await deploy('others', { ...body, projects: ['web'] });
    expect(await deployCount('others')).toBe(5);
  });

  test('after two minutes it is meant', async () => {
    await create('meant');
    await deploy('meant', body);
    await slipway.pool.query("update deploy set date_added = date_added - interval '121 seconds'");
    await deploy('meant', body);
    expect(await deployCount('meant')).toBe(2);
  });

  test('with keys, the key decides: same key same deploy, other key another', async () => {
    await create('keyed');
    const key = (name: string) => ({ headers: { 'Idempotency-Key': name } });
    const first = await deploy('keyed', body, key('deploy-1'));
    const same = await deploy('keyed', body, key('deploy-1'));
    expect(same).toMatchObject({ status: 201, body: first.body });
    const other = await deploy('keyed', body, key('deploy-2'));
    expect(other.body.id).not.toBe(first.body.id);
    const mismatch = await deploy('keyed', { ...body, name: 'x' }, key('deploy-1'));
    expect(mismatch.status).toBe(422);
    expect(await deployCount('keyed')).toBe(2);
  });
});

describe('400', () => {
  beforeAll(() => create('refused'));

  test.each([
    [{}, { environment: ['This field is required.'] }],
    [{ environment: ' ' }, { environment: ['This field may not be blank.'] }],
    [{ environment: 'a/b' }, { environment: ['Invalid value for environment'] }],
    [{ environment: 'a\nb' }, { environment: ['Invalid value for environment'] }],
    [
      { environment: 'e'.repeat(65) },
      { environment: ['Ensure this field has no more than 64 characters.'] },
    ],
    [{ environment: 'p', url: 'nope' }, { url: ['Enter a valid URL.'] }],
    [
      { environment: 'p', dateFinished: 5 },
      { dateFinished: [expect.stringContaining('Datetime')] },
    ],
    [{ environment: 'p', projects: [] }, { projects: ['This list may not be empty.'] }],
    [{ environment: 'p', projects: ['nope'] }, { projects: ['Invalid project'] }],
    [{ environment: 'p', projects: [true] }, { projects: ['Not a valid string.'] }],
  ])('%j is refused', async (body, error) => {
    const answer = await deploy('refused', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(error);
    expect(await deployCount('refused')).toBe(0);
  });

  test('a project that the release is not in is named in a structured error', async () => {
    await create('web-only', { projects: ['web'] });
    const answer = await deploy('web-only', { environment: 'prod', projects: ['web', 'api'] });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      detail: {
        code: 'parameter-validation-error',
        message: 'Invalid projects (api) for release web-only',
        extra: { context: '' },
      },
    });
    const { rows } = await slipway.pool.query(
      "select from deploy join release on release.id = release_id where version = 'web-only'",
    );
    expect(rows).toEqual([]);
  });

  test('a project that the caller may not use', async () => {
    await create('mine', { projects: ['web'] });
    const token = await teamMateToken(slipway, slipway.tenant.web.id, ['project:write']);
    await withClosedMembership(slipway, async () => {
      const body = { environment: 'prod', projects: ['web', 'api'] };
      const answer = await deploy('mine', body, { token });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ projects: ['Insufficient access to project'] });
    });
  });
});

describe('404', () => {
  test('an unknown release', async () => {
    expect((await deploy('nowhere', { environment: 'prod' })).status).toBe(404);
    expect((await list('nowhere')).status).toBe(404);
  });
});

describe('the list', () => {
  test('shows what is the last deploy of some project and environment, the latest finished first', async () => {
    await create('listed');
    const make = async (environment: string, day: number, projects?: string[]): Promise<string> => {
      const dateFinished = `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`;
      const body = { environment, dateFinished, ...(projects === undefined ? {} : { projects }) };
      return (await deploy('listed', body)).body.id;
    };
    const superseded = await make('prod', 1);
    const prodApi = await make('prod', 9, ['api']);
    const prodWeb = await make('prod', 3, ['web']);
    const staging = await make('staging', 5);
    const ids = async (query = ''): Promise<string[]> =>
      (await list('listed', query)).body.map((one: any) => one.id);
    expect(await ids()).toEqual([prodApi, staging, prodWeb]);
    expect(await ids()).not.toContain(superseded);
    expect(await deployCount('listed')).toBe(4);
    expect(await ids('?project=web')).toEqual([staging, prodWeb]);
    expect(await ids('?projectSlug=api')).toEqual([prodApi, staging]);
    expect(await ids('?project=-1')).toHaveLength(3);
    expect(await ids('?per_page=2')).toEqual([prodApi, staging]);
    expect(await ids('?per_page=2&cursor=2:1:0')).toEqual([prodWeb]);
  });
});
