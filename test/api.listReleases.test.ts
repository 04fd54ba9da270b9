import { beforeAll, describe, expect, test } from 'vitest';
import { projectReleasesPath, releasesPath } from './support/releaseRequests.ts';
import { teamMateToken, withClosedMembership } from './support/teamMate.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

const statsPath = `${releasesPath}stats/`;
const versions = (answer: ApiAnswer): string[] =>
  answer.body.map((release: any) => release.version);

const list = (query = '', options: object = {}): Promise<ApiAnswer> =>
  slipway.call('GET', `${releasesPath}${query}`, options);

const listProject = (query = '', project = 'web'): Promise<ApiAnswer> =>
  slipway.call('GET', `${projectReleasesPath(project)}${query}`);

/** version, projects, status, minute of creation, minute of release, environment */
const seeds = [
  ['1.0+7', ['web'], 'open', 1, 9, 'prod'],
  ['2.0', ['web', 'api'], 'open', 2, null, 'prod'],
  ['3.0-RC', ['api'], 'open', 3, null, 'staging'],
  ['4.0', ['web'], 'archived', 4, null, null],
  ['100%_a', ['web'], 'open', 5, 1, null],
  ['loose', [], 'open', 6, null, null],
] as const;

const at = (minute: number | null): string | null =>
  minute === null ? null : `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;

beforeAll(async () => {
  const { pool, tenant } = slipway;
  await pool.query(
    'insert into environment (organization_id, name) values ($1, $2), ($1, $3), ($1, $4)',
    [tenant.organizationId, 'prod', 'staging', ''],
  );
  for (const [version, projects, status, added, released, environment] of seeds) {
    await pool.query(
      `with added as (
         insert into release (organization_id, version, status, date_added, date_released)
         values ($1, $2, $3, $4, $5) returning id),
       linked as (
         insert into release_project (release_id, project_id)
         select added.id, project.id from added, project where slug = any($6) returning release_id, project_id)
       insert into release_project_environment (release_id, project_id, environment_id)
       select release_id, project_id, environment.id from linked, environment where environment.name = $7`,
      [tenant.organizationId, version, status, at(added), at(released), projects, environment],
    );
  }
});

describe('the list of an organization', () => {
  test('shows open releases, the newest created first, whatever their release date', async () => {
    const answer = await list();
    expect(answer.status).toBe(200);
    expect(versions(answer)).toEqual(['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']);
  });

  test('an item is the release as its details show it', async () => {
    const item = (await list('?query=2.0')).body[0];
    const details = await slipway.call('GET', `${releasesPath}2.0/`);
    expect(details.body).toMatchObject(item);
  });

  test.each([
    ['?status=archived', ['4.0']],
    ['?status=', ['loose', '100%_a', '4.0', '3.0-RC', '2.0', '1.0+7']],
    ['?query=rc', ['3.0-RC']],
    ['?query=%25_', ['100%_a']],
    ['?query=1.0%20(7)', ['1.0+7']],
    ['?query=%20%20', ['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']],
    ['?project=api', ['3.0-RC', '2.0']],
    ['?project=api&project=web', ['100%_a', '3.0-RC', '2.0', '1.0+7']],
    ['?projectSlug=web&project=api', ['100%_a', '2.0', '1.0+7']],
    ['?project=-1', ['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']],
    ['?project=', ['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']],
    ['?environment=prod', ['2.0', '1.0+7']],
    ['?environment=prod&environment=staging', ['3.0-RC', '2.0', '1.0+7']],
    ['?environment=prod&project=api', ['2.0']],
    ['?environment=', []],
    ['?start=2026-01-01T00:02:00&end=2026-01-01T00:03:00', ['3.0-RC', '2.0']],
    ['?start=1767225720&end=1767225780', ['3.0-RC', '2.0']],
    ['?statsPeriod=1h', []],
    ['?statsPeriod=36500d', ['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']],
    [
      '?sort=date&health=1&flatten=0&adoptionStages=0',
      ['loose', '100%_a', '3.0-RC', '2.0', '1.0+7'],
    ],
  ])('%s', async (query, expected) => {
    const answer = await list(query);
    expect(answer.status, answer.text).toBe(200);
    expect(versions(answer)).toEqual(expected);
  });

  test('a project by its id', async () => {
    expect(versions(await list(`?project=${slipway.tenant.api.id}`))).toEqual(['3.0-RC', '2.0']);
  });

  test.each([
    ['?status=closed', 'invalid value for status'],
    ['?sort=nope', 'invalid sort'],
    ['?summaryStatsPeriod=3d', expect.stringContaining('Invalid summaryStatsPeriod.')],
    ['?start=2026-01-01', 'Invalid date range: start and end are both required'],
    ['?start=2026-01-02&end=2026-01-02', 'Invalid date range: start must be before end'],
    ['?start=x&end=2026-01-02', 'Invalid date range: x is not a valid ISO8601 date query'],
    ['?statsPeriod=14x', "Invalid date range: Invalid statsPeriod: '14x'"],
    ['?per_page=', 'Invalid per_page parameter.'],
    ['?per_page=x', 'Invalid per_page parameter.'],
    ['?per_page=0', 'Invalid per_page value. Must be between 1 and 100.'],
    ['?per_page=101', 'Invalid per_page value. Must be between 1 and 100.'],
    ['?cursor=x', 'Invalid cursor parameter.'],
    ['?cursor=1:2', 'Invalid cursor parameter.'],
    ['?cursor=100:-1:0', 'Pagination offset cannot be negative'],
  ])('%s is a 400', async (query, detail) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { detail } });
  });

  test('an unknown environment is a 404, an unknown project a 403', async () => {
    expect((await list('?environment=nope')).status).toBe(404);
    for (const query of ['?project=nope', '?project=web&project=0', '?projectSlug=nope']) {
      expect(await list(query)).toMatchObject({
        status: 403,
        body: { detail: 'You do not have permission to perform this action.' },
      });
    }
  });

  test('without saying so a member sees the releases of their teams only', async () => {
    const token = await teamMateToken(slipway, null, ['project:read']);
    const own = await list('', { token });
    expect(own).toMatchObject({ status: 200, body: [] });
    expect(own.headers.get('link')).toBeNull();
    expect(versions(await list('?project=-1', { token }))).toContain('2.0');
    expect(versions(await list('?project=api', { token }))).toEqual(['3.0-RC', '2.0']);
    await withClosedMembership(slipway, async () => {
      expect((await list('?project=-1', { token })).body).toEqual([]);
      expect((await list('?project=api', { token })).status).toBe(403);
      expect((await slipway.call('GET', `${statsPath}?project=api`, { token })).body).toEqual([]);
    });
  });
});

describe('pages', () => {
  const url = 'http://slipway.test/api/0/organizations/acme/releases/';

  const link = (query: string, previous: string, next: string): string => {
    const relation = (name: string, cursor: string): string => {
      const [text, results] = cursor.split(' ');
      return `<${url}?${query}&cursor=${text}>; rel="${name}"; results="${results}"; cursor="${text}"`;
    };
    return `${relation('previous', previous)}, ${relation('next', next)}`;
  };

  test.each([
    ['', '', 5, '100:-1:1 false', '100:1:0 false'],
    ['?cursor=', '', 5, '100:-1:1 false', '100:1:0 false'],
    ['?per_page=2', 'per_page=2', 2, '2:-1:1 false', '2:1:0 true'],
    ['?per_page=2&cursor=2:1:0', 'per_page=2', 2, '2:0:1 true', '2:2:0 true'],
    ['?cursor=2:2:0&per_page=2&query=', 'per_page=2&query=', 1, '2:1:1 true', '2:3:0 false'],
    ['?per_page=2&cursor=2:0:1', 'per_page=2', 2, '2:-1:1 false', '2:1:0 true'],
    ['?per_page=2&cursor=2:9:0', 'per_page=2', 0, '2:8:1 true', '2:10:0 false'],
    [
      '?per_page=5&query=&sort=date&project=-1&status=open&environment=prod&project=%24all',
      'per_page=5&query=&sort=date&project=-1&project=%24all&status=open&environment=prod',
      2,
      '5:-1:1 false',
      '5:1:0 false',
    ],
    ['?query=a%20b+c%27"', 'query=a+b+c%27%22', 0, '100:-1:1 false', '100:1:0 false'],
  ])('%j', async (query, kept, count, previous, next) => {
    const answer = await list(query);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toHaveLength(count);
    expect(answer.headers.get('link')).toBe(link(kept, previous, next));
  });

  test('following next from an empty cursor shows every release once and ends', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 10; pages++) {
      const answer = await list(`?per_page=2&cursor=${cursor}`);
      seen.push(...versions(answer));
      const [, results, next] = /rel="next"; results="(\w+)"; cursor="([^"]+)"/.exec(
        answer.headers.get('link')!,
      )!;
      if (results === 'false') break;
      cursor = next!;
    }
    expect(seen).toEqual(['loose', '100%_a', '3.0-RC', '2.0', '1.0+7']);
  });

  test('a cursor of another page size sets the window, of which the end is kept', async () => {
    expect(versions(await list('?per_page=2&cursor=4:0:0'))).toEqual(['3.0-RC', '2.0']);
    expect(versions(await list('?per_page=2&cursor=1:3:0'))).toEqual(['2.0', '1.0+7']);
    expect(versions(await list('?cursor=0:7:0'))).toHaveLength(5);
  });

  test('far beyond the end is an empty page', async () => {
    for (const cursor of ['100:99999:0', '9'.repeat(40) + ':' + '9'.repeat(40) + ':0', '1.5:2:1']) {
      const answer = await list(`?cursor=${cursor}`);
      expect(answer.status, cursor).toBe(200);
    }
  });
});

describe('the list of a project', () => {
  test('orders by release date where there is one, else by creation', async () => {
    expect(versions(await listProject())).toEqual(['1.0+7', '2.0', '100%_a']);
    expect(versions(await listProject('', 'api'))).toEqual(['3.0-RC', '2.0']);
  });

  test.each([
    ['?query=2.', ['2.0']],
    ['?query=1.0 (7)', ['1.0+7']],
    ['?environment=prod', ['1.0+7', '2.0']],
    ['?environment=nope', []],
    ['?environment=', []],
    ['?per_page=1&cursor=1:1:0', ['2.0']],
    ['?status=archived&sort=x&project=nope', ['1.0+7', '2.0', '100%_a']],
  ])('%s', async (query, expected) => {
    const answer = await listProject(query);
    expect(answer.status, answer.text).toBe(200);
    expect(versions(answer)).toEqual(expected);
  });
});

describe('stats/', () => {
  test('versions with dates of any status, newest first', async () => {
    const answer = await slipway.call('GET', statsPath);
    expect(answer.body[2]).toStrictEqual({ version: '4.0', date: '2026-01-01T00:04:00.000000Z' });
    expect(versions(answer)).toEqual(['loose', '100%_a', '4.0', '3.0-RC', '2.0', '1.0+7']);
  });

  test.each([
    ['?per_page=1000', 6],
    ['?per_page=2', 2],
    ['?query=RC', 1],
    ['?project=api', 2],
    ['?project=nope', 0],
    ['?environment=staging', 1],
    ['?start=2026-01-01T00:02:00&end=2026-01-01T00:03:00', 2],
  ])('%s', async (query, count) => {
    expect((await slipway.call('GET', `${statsPath}${query}`)).body).toHaveLength(count);
  });

  test('a page holds at most 1000', async () => {
    const answer = await slipway.call('GET', `${statsPath}?per_page=1001`);
    expect(answer.body).toEqual({ detail: 'Invalid per_page value. Must be between 1 and 1000.' });
    expect((await slipway.call('GET', statsPath)).headers.get('link')).toContain(
      'cursor="1000:1:0"',
    );
  });
});
