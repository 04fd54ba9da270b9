import { beforeAll, describe, expect, test } from 'vitest';
import { commitOf, releasePath, releasesPath, sha } from './support/releaseRequests.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway();

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

const create = (version: string, more: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', releasesPath, { body: { version, projects: ['web'], ...more } });

const get = (version: string, query = ''): Promise<ApiAnswer> =>
  slipway.call('GET', `${releasePath(version)}${query}`);

/** Times of creation decide about neighbours: set, not waited for. */
const addedAt = (version: string, minute: number): Promise<unknown> =>
  slipway.pool.query(
    `update release set date_added = timestamptz '2026-01-01' + make_interval(mins => $2) where version = $1`,
    [version, minute],
  );

describe('the release', () => {
  test('has every key of its documentation, in order, and nothing else', async () => {
    const { tenant } = slipway;
    await slipway.pool.query(
      `insert into repository (organization_id, name, url, provider, external_id, integration_id)
       values ($1, 'acme/shop', 'https://git.acme.test/shop', 'integrations:github', '77', '5')`,
      [tenant.organizationId],
    );
    await create('shop-web@4.2.0+311', {
      projects: ['web', 'api'],
      ref: 'release/4.2',
      dateReleased: '2026-02-03T10:14:58.120Z',
      owner: tenant.ownerId,
      commits: [
        commitOf(1, { repository: 'acme/shop' }),
        commitOf(2, { repository: 'acme/shop', author_email: 'NOOR@acme.test' }),
      ],
    });
    await slipway.call('POST', releasePath('shop-web@4.2.0+311', 'deploys/'), {
      body: { environment: 'staging', dateFinished: '2026-02-03T10:15:00Z' },
    });
    const answer = await get('shop-web@4.2.0+311');
    const author = { name: 'Noor Haddad', email: 'noor@acme.test' };
    expect(answer.body).toStrictEqual({
      id: expect.any(Number),
      version: 'shop-web@4.2.0+311',
      status: 'open',
      shortVersion: 'shop-web@4.2.0+311',
      versionInfo: {
        package: 'shop-web',
        version: {
          raw: '4.2.0+311',
          major: 4,
          minor: 2,
          patch: 0,
          pre: null,
          buildCode: '311',
          components: 3,
        },
        description: '4.2.0 (311)',
        buildHash: null,
      },
      ref: 'release/4.2',
      url: null,
      dateReleased: '2026-02-03T10:14:58.120000Z',
      dateCreated: timestamp,
      data: {},
      newGroups: 0,
      owner: {
        id: tenant.ownerId,
        name: expect.any(String),
        username: expect.any(String),
        email: expect.stringContaining('@acme.test'),
        avatarUrl: null,
        isActive: true,
        dateJoined: timestamp,
        avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
      },
      commitCount: 2,
      lastCommit: {
        id: sha(2),
        message: 'change 2',
        dateCreated: '2026-01-01T00:02:00.000000Z',
        pullRequest: null,
        suspectCommitType: '',
        repository: {
          id: expect.stringMatching(/^\d+$/),
          name: 'acme/shop',
          url: 'https://git.acme.test/shop',
          provider: { id: 'integrations:github', name: 'GitHub' },
          status: 'active',
          dateCreated: timestamp,
          integrationId: '5',
          externalSlug: 'acme/shop',
          externalId: '77',
        },
        author,
      },
      deployCount: 1,
      lastDeploy: {
        id: expect.stringMatching(/^\d+$/),
        environment: 'staging',
        dateStarted: null,
        dateFinished: '2026-02-03T10:15:00.000000Z',
        name: null,
        url: null,
      },
      authors: [author],
      projects: [tenant.api, tenant.web].map(({ id, slug }) => ({
        id: Number(id),
        slug,
        name: slug,
        newGroups: 0,
        platform: null,
        platforms: [],
        hasHealthData: false,
      })),
      firstEvent: null,
      lastEvent: null,
      currentProjectMeta: {},
      userAgent: expect.any(String),
      slipway: { sync: null },
    });
  });

  test('an empty one has nulls and empty lists where clients expect keys', async () => {
    await create('plain');
    const { body } = await get('plain');
    expect(body).toMatchObject({
      ref: null,
      url: null,
      owner: null,
      dateReleased: null,
      lastCommit: null,
      lastDeploy: null,
      firstEvent: null,
      lastEvent: null,
      authors: [],
      commitCount: 0,
      deployCount: 0,
      versionInfo: {
        package: null,
        version: { raw: 'plain' },
        description: 'plain',
        buildHash: null,
      },
    });
    expect(body).not.toHaveProperty('adoptionStages');
    expect(body.projects[0]).not.toHaveProperty('healthData');
  });

  test('an author with an account in the organization is shown as that user, once for all their addresses', async () => {
    const userId = await slipway.tenant.addMember('member');
    const { rows } = await slipway.pool.query(
      `insert into user_email (user_id, email, is_verified) values ($1, 'Second@acme.test', true)
       returning (select email from user_email where user_id = $1 and is_primary) as first`,
      [userId],
    );
    await create('known-author', {
      commits: [
        commitOf(3, { author_email: rows[0].first }),
        commitOf(4, { author_email: 'second@acme.test' }),
        commitOf(5, { author_email: 'nobody@acme.test' }),
      ],
    });
    const { body } = await get('known-author');
    expect(body.authors).toHaveLength(2);
    expect(body.authors[0]).toMatchObject({ id: userId, email: rows[0].first });
  });

  test('archived releases are answered like any other', async () => {
    await create('archived', { status: 'archived' });
    expect((await get('archived')).body.status).toBe('archived');
  });

  test('extra keys come only when asked for', async () => {
    for (const value of ['1', 'true']) {
      const { body } = await get('plain', `?health=${value}&adoptionStages=${value}`);
      expect(body).toHaveProperty('adoptionStages', null);
      expect(body.projects[0]).toMatchObject({ hasHealthData: false, healthData: null });
    }
  });

  test.each(['summaryStatsPeriod', 'healthStatsPeriod'])('%s has choices', async (parameter) => {
    const refused = await get('unknown release', `?${parameter}=15d`);
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toBe(
      `Invalid ${parameter}. Valid choices are '1h', '24h', '1d', '48h', '2d', '7d', '14d', '30d', '90d'`,
    );
    expect((await get('plain', `?${parameter}=`)).status).toBe(200);
    expect((await get('plain', `?${parameter}=90d`)).status).toBe(200);
  });

  test('another organization, project and version spelling find it or not', async () => {
    const { organizationId } = slipway.tenant;
    expect(
      (await slipway.call('GET', `/api/0/organizations/${organizationId}/releases/plain/`)).status,
    ).toBe(200);
    expect((await get('Plain')).status).toBe(404);
    expect((await get('plain ')).status).toBe(404);
  });
});

describe('currentProjectMeta', () => {
  beforeAll(async () => {
    const versions: [string, string[], string, string][] = [
      ['m-1.0', ['web'], 'open', 'prod'],
      ['m-2.0', ['web'], 'archived', 'prod'],
      ['m-3.0', ['web', 'api'], 'open', 'staging'],
      ['m-4.0+7', ['web'], 'open', 'prod'],
      ['m-5.0', ['api'], 'open', 'prod'],
    ];
    for (const [minute, [version, projects, status, environment]] of versions.entries()) {
      await create(version, { projects, status });
      await slipway.call('POST', releasePath(version, 'deploys/'), { body: { environment } });
      await addedAt(version, minute - 1_000);
    }
    // Other tests of this file use the project too: theirs are newer.
  });

  const meta = async (version: string, query: string): Promise<Record<string, unknown>> =>
    (await get(version, query)).body.currentProjectMeta;

  test('holds the neighbours by time of creation, next is the newer one', async () => {
    expect(await meta('m-3.0', '?project=web&query=m-')).toEqual({
      sessionsLowerBound: null,
      sessionsUpperBound: null,
      prevReleaseVersion: 'm-1.0',
      nextReleaseVersion: 'm-4.0+7',
      firstReleaseVersion: 'm-1.0',
      lastReleaseVersion: expect.any(String),
    });
    const { api } = slipway.tenant;
    expect(await meta('m-3.0', `?project=${api.id}&query=m-`)).toMatchObject({
      prevReleaseVersion: null,
      nextReleaseVersion: 'm-5.0',
      firstReleaseVersion: 'm-3.0',
    });
  });

  test('status, query and environment choose neighbours; first and last follow the environment alone', async () => {
    expect(await meta('m-3.0', '?project=web&status=archived')).toMatchObject({
      prevReleaseVersion: 'm-2.0',
      nextReleaseVersion: expect.toSatisfy((next: unknown) => next === null || next === 'archived'),
      firstReleaseVersion: 'm-1.0',
    });
    expect(await meta('m-3.0', '?project=web&status=')).toMatchObject({
      prevReleaseVersion: 'm-2.0',
    });
    expect(
      await meta('m-1.0', `?project=web&query=${encodeURIComponent('4.0 (7)')}`),
    ).toMatchObject({
      nextReleaseVersion: 'm-4.0+7',
    });
    expect(await meta('m-3.0', '?project=web&environment=prod')).toMatchObject({
      prevReleaseVersion: 'm-1.0',
      nextReleaseVersion: 'm-4.0+7',
      firstReleaseVersion: 'm-1.0',
      lastReleaseVersion: 'm-4.0+7',
    });
    expect(await meta('m-3.0', '?project=web&query=100%25')).toMatchObject({
      prevReleaseVersion: null,
      nextReleaseVersion: null,
    });
  });

  test('is empty without a project or for all of them, and sort is not looked at then', async () => {
    for (const query of ['', '?project=-1', '?projectSlug=$all', '?project=&sort=x']) {
      expect(await meta('m-3.0', query), query).toEqual({});
    }
  });

  test.each([
    ['?project=web&sort=semver', 400, 'invalid sort'],
    ['?project=web&status=x', 400, 'invalid value for status'],
    ['?project=web&environment=nope', 404, 'The requested resource does not exist'],
    ['?project=nope', 404, 'The requested resource does not exist'],
    ['?project=0', 404, 'The requested resource does not exist'],
    ['?project=-2', 404, 'The requested resource does not exist'],
  ])('%s is a %i', async (query, status, detail) => {
    expect(await get('m-3.0', query)).toMatchObject({ status, body: { detail } });
  });
});

describe('meta/', () => {
  test('counts what belongs to the release, over all of its projects', async () => {
    await create('counted@1.0', {
      projects: ['web', 'api'],
      dateReleased: '2026-02-01T00:00:00Z',
      commits: [
        commitOf(20, {
          patch_set: [
            { path: 'a', type: 'M' },
            { path: 'b', type: 'A' },
          ],
        }),
        commitOf(21, { patch_set: [{ path: 'a', type: 'D' }] }),
      ],
    });
    const { body } = await slipway.call(
      'GET',
      `${releasePath('counted@1.0', 'meta/')}?project=web`,
    );
    expect(Object.keys(body)).toEqual([
      'version',
      'versionInfo',
      'projects',
      'newGroups',
      'deployCount',
      'commitCount',
      'released',
      'commitFilesChanged',
      'releaseFileCount',
      'isArtifactBundle',
      'preprodBuildCount',
    ]);
    expect(body).toMatchObject({
      versionInfo: { package: 'counted' },
      commitCount: 2,
      commitFilesChanged: 2,
      released: '2026-02-01T00:00:00.000000Z',
      releaseFileCount: 0,
      isArtifactBundle: false,
    });
    expect(body.projects).toEqual(
      [slipway.tenant.api, slipway.tenant.web].map(({ id, slug }) => ({
        id: Number(id),
        slug,
        name: slug,
        newGroups: 0,
        platform: null,
        platforms: [],
      })),
    );
  });

  test('an unreleased release counts from its creation', async () => {
    const release = await get('plain');
    const { body } = await slipway.call('GET', releasePath('plain', 'meta/'));
    expect(body.released).toBe(release.body.dateCreated);
  });
});

describe('previous-with-commits/', () => {
  const previous = (version: string): Promise<ApiAnswer> =>
    slipway.call('GET', releasePath(version, 'previous-with-commits/'));

  test('the most recent release with commits that shares a project and is not newer; may be itself', async () => {
    await slipway.pool.query(
      `insert into project (organization_id, slug, name) values ($1, 'prev', 'prev')`,
      [slipway.tenant.organizationId],
    );
    const make = async (version: string, minute: number, more: object = {}): Promise<void> => {
      await create(version, { projects: ['prev'], ...more });
      await addedAt(version, minute);
    };
    await make('p-1', 1, { commits: [commitOf(30)] });
    await make('p-2', 2);
    await make('p-3', 3, { commits: [commitOf(31)], status: 'archived' });
    await make('p-4', 4);
    await make('p-0', 9, { commits: [commitOf(32)], dateReleased: '2026-01-01T00:00:30Z' });
    await create('p-other', { projects: ['api'], commits: [commitOf(33)] });
    await addedAt('p-other', 2);
    const found = async (version: string): Promise<unknown> =>
      (await previous(version)).body.version;
    expect(await found('p-4')).toBe('p-3');
    expect(await found('p-3')).toBe('p-3');
    expect(await found('p-2')).toBe('p-1');
    // Its release date puts it before all others.
    expect(await found('p-0')).toBe('p-0');
    const { body } = await previous('p-2');
    expect((await get('p-1')).body).toMatchObject(body);
    expect(body.lastCommit.id).toBe(sha(30));
  });

  test('exactly {} when there is none, 404 for an unknown release', async () => {
    await slipway.pool.query(
      `insert into project (organization_id, slug, name) values ($1, 'first', 'first')`,
      [slipway.tenant.organizationId],
    );
    await create('first-of-all', { projects: ['first'] });
    expect((await previous('first-of-all')).text).toBe('{}');
    expect((await previous('nowhere')).status).toBe(404);
  });
});

describe('commits/', () => {
  const list = (query = ''): Promise<ApiAnswer> =>
    slipway.call('GET', `${releasePath('three commits', 'commits/')}${query}`);

  const url = 'http://slipway.test/api/0/organizations/acme/releases/three%20commits/commits/';

  const link = (query: string, previous: [string, boolean], next: [string, boolean]): string =>
    [
      `<${url}?${query}&cursor=${previous[0]}>; rel="previous"; results="${previous[1]}"; cursor="${previous[0]}"`,
      `<${url}?${query}&cursor=${next[0]}>; rel="next"; results="${next[1]}"; cursor="${next[0]}"`,
    ].join(', ');

  beforeAll(() => create('three commits', { commits: [commitOf(40), commitOf(41), commitOf(42)] }));

  test.each([
    ['', '', [42, 41, 40], ['0:0:1', false], ['2:1:0', false]],
    ['?cursor=', '', [42, 41, 40], ['0:0:1', false], ['2:1:0', false]],
    ['?per_page=2', 'per_page=2', [42, 41], ['0:0:1', false], ['2:0:0', true]],
    ['?cursor=2:0:0&per_page=2', 'per_page=2', [40], ['2:0:1', true], ['2:2:0', false]],
    ['?per_page=2&cursor=2:2:0', 'per_page=2', [], ['0:0:1', true], ['2:2:0', false]],
  ] as [string, string, number[], [string, boolean], [string, boolean]][])(
    'page %j with its Link header',
    async (query, kept, seeds, previous, next) => {
      const answer = await list(query);
      expect(answer.body.map((commit: any) => commit.id)).toEqual(seeds.map(sha));
      expect(answer.headers.get('link')).toBe(link(kept, previous, next));
    },
  );

  test('a page back ends where the reader came from', async () => {
    const back = await list('?per_page=2&cursor=2:0:1');
    expect(back.body.map((commit: any) => commit.id)).toEqual([sha(42), sha(41)]);
  });

  test('no commits are an empty page, one commit is the last', async () => {
    const none = await slipway.call('GET', releasePath('plain', 'commits/'));
    expect(none.body).toEqual([]);
    expect(none.headers.get('link')).toMatch(
      /results="false"; cursor="0:0:1", .* results="false"; cursor="0:0:0"$/,
    );
    await create('one commit', { commits: [commitOf(45)] });
    const one = await slipway.call('GET', releasePath('one commit', 'commits/'));
    expect(one.headers.get('link')).toMatch(/results="false"; cursor="0:100:0"$/);
  });

  test('an author without a name and a commit without an author are told apart', async () => {
    await create('authors', {
      commits: [
        commitOf(46, { author_email: '', author_name: 'ignored' }),
        commitOf(47, { author_email: 'only@acme.test', author_name: null, message: undefined }),
      ],
    });
    const { body } = await slipway.call('GET', releasePath('authors', 'commits/'));
    expect(body.map((commit: any) => [commit.author, commit.message])).toEqual([
      [{ name: null, email: 'only@acme.test' }, null],
      [{}, 'change 46'],
    ]);
  });
});

describe('commitfiles/', () => {
  test('one entry for each file of each commit, by name, of one repository if asked for', async () => {
    await create('files', {
      commits: [
        commitOf(50, {
          repository: 'acme/files',
          patch_set: [
            { path: 'b.txt', type: 'A' },
            { path: 'a.txt', type: 'M' },
          ],
        }),
        commitOf(51, {
          repository: 'acme/others',
          author_email: '',
          message: null,
          patch_set: [{ path: 'c.txt', type: 'D' }],
        }),
      ],
    });
    const path = releasePath('files', 'commitfiles/');
    const { body } = await slipway.call('GET', path);
    expect(body.map((file: any) => [file.filename, file.type, file.repoName])).toEqual([
      ['a.txt', 'M', 'acme/files'],
      ['b.txt', 'A', 'acme/files'],
      ['c.txt', 'D', 'acme/others'],
    ]);
    expect(body[0]).toStrictEqual({
      id: expect.stringMatching(/^\d+$/),
      orgId: Number(slipway.tenant.organizationId),
      author: { name: 'Noor Haddad', email: 'noor@acme.test' },
      commitMessage: 'change 50',
      filename: 'a.txt',
      type: 'M',
      repoName: 'acme/files',
    });
    expect(body[2]).toMatchObject({ author: {}, commitMessage: null });
    const names = async (query: string): Promise<unknown> => {
      const answer = await slipway.call('GET', `${path}${query}`);
      return answer.status === 200 ? answer.body.map((file: any) => file.filename) : answer.status;
    };
    await slipway.pool.query("update repository set external_id = 'x-1' where name = 'acme/files'");
    expect(await names('?repo_name=acme/others')).toEqual(['c.txt']);
    expect(await names('?repo_id=x-1')).toEqual(['a.txt', 'b.txt']);
    expect(await names('?repo_id=x-1&repo_name=nope')).toEqual(['a.txt', 'b.txt']);
    expect(await names('?repo_name=nope')).toBe(404);
    expect(await names('?per_page=1&cursor=1:2:0')).toEqual(['c.txt']);
  });
});
