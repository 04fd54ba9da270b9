import { beforeAll, describe, expect, test } from 'vitest';
import { commitOf, releasePath, releasesPath, sha } from './support/releaseRequests.ts';
import { teamMateToken, withClosedMembership } from './support/teamMate.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway();

const create = (version: string, more: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', releasesPath, { body: { version, projects: ['web'], ...more } });

const update = (version: string, body: unknown, options: object = {}): Promise<ApiAnswer> =>
  slipway.call('PUT', releasePath(version), { body, ...options });

const heads = async (version: string): Promise<string[]> => {
  const { rows } = await slipway.pool.query(
    `select repository.name || ' ' || commit.key as head
       from release_head_commit join release on release.id = release_id
       join commit on commit.id = release_head_commit.commit_id
       join repository on repository.id = release_head_commit.repository_id
      where version = $1 order by 1`,
    [version],
  );
  return rows.map((row) => row.head);
};

const addRepository = (name: string): Promise<unknown> =>
  slipway.pool.query('insert into repository (organization_id, name) values ($1, $2)', [
    slipway.tenant.organizationId,
    name,
  ]);

describe('200', () => {
  let kept: ApiAnswer;
  beforeAll(async () => {
    kept = await create('kept', {
      ref: 'a',
      url: 'https://a.test/',
      dateReleased: '2026-01-01T00:00:00Z',
      commits: [commitOf(1)],
    });
  });

  test('sent values replace the stored ones', async () => {
    await create('values', { ref: 'a', url: 'https://a.test/' });
    const answer = await update('values', {
      ref: 'b',
      url: 'https://b.test/',
      dateReleased: '1000-10-10T06:06',
      status: 'archived',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ref: 'b',
      url: 'https://b.test/',
      dateReleased: '1000-10-10T06:06:00.000000Z',
      status: 'archived',
    });
  });

  test.each([
    [{}],
    [{ ref: null, url: null, dateReleased: null }],
    [{ ref: '', url: '' }],
    [{ ref: '  ' }],
    [{ commits: [] }],
    [{ headCommits: [] }],
    [{ version: 'other', projects: ['api'], unknown: { deep: [1] } }],
  ])('%j clears nothing and changes nothing', async (body) => {
    const answer = await update('kept', body);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toEqual(kept.body);
  });

  test('an empty body without a type is an empty object', async () => {
    await create('bodiless');
    expect((await slipway.call('PUT', releasePath('bodiless'))).status).toBe(200);
  });

  test('status open restores an archived release', async () => {
    await create('restored', { status: 'archived' });
    expect((await update('restored', { status: 'open' })).body.status).toBe('open');
  });

  test('the first release date announces the release to every project, a later one to none', async () => {
    await create('announced', { projects: ['web', 'api'] });
    await update('announced', { ref: 'x' });
    await update('announced', { dateReleased: '2026-01-01T00:00:00Z' });
    const answer = await update('announced', { dateReleased: '2026-01-02T00:00:00Z' });
    expect(answer.body.dateReleased).toBe('2026-01-02T00:00:00.000000Z');
    const { rows } = await slipway.pool.query(
      `select slug, ident, data, activity.date_added::text as date from activity
         join project on project.id = project_id where ident = 'announced' order by slug`,
    );
    expect(rows).toEqual(
      ['api', 'web'].map((slug) => ({
        slug,
        ident: 'announced',
        data: { version: 'announced' },
        date: '2026-01-01 00:00:00+00',
      })),
    );
  });

  test('the identity of an activity is the first 64 characters of the version', async () => {
    const version = 'v'.repeat(70);
    await create(version);
    await update(version, { dateReleased: '2026-01-01T00:00:00Z' });
    const { rows } = await slipway.pool.query(
      'select ident, data from activity where ident like $1',
      ['vvv%'],
    );
    expect(rows).toEqual([{ ident: 'v'.repeat(64), data: { version } }]);
  });

  test('digit strings are unix seconds, nanoseconds are cut', async () => {
    await create('dates');
    const seconds = await update('dates', { dateReleased: '1700000000.5' });
    expect(seconds.body.dateReleased).toBe('2023-11-14T22:13:20.500000Z');
    const nano = await update('dates', { dateReleased: '2026-11-20T21:31:55.176184715Z' });
    expect(nano.body.dateReleased).toBe('2026-11-20T21:31:55.176184Z');
  });
});

describe('refs', () => {
  test('set the head of each repository; the last ref of one wins and every commit exists', async () => {
    await addRepository('acme/a');
    await addRepository('acme/b');
    await create('heads');
    const answer = await update('heads', {
      refs: [
        { repository: 'acme/a', commit: sha(10) },
        { repository: 'acme/b', commit: `${sha(20)}..${sha(21)}`, previousCommit: 'ignored' },
        { repository: 'acme/a', commit: sha(11), previousCommit: null },
      ],
    });
    expect(answer.status, answer.text).toBe(200);
    expect(await heads('heads')).toEqual([`acme/a ${sha(11)}`, `acme/b ${sha(21)}`]);
    const { rows } = await slipway.pool.query('select count(*) from commit where key = any($1)', [
      [sha(10), sha(11), sha(21)],
    ]);
    expect(rows[0].count).toBe('3');
    const sync = await slipway.pool.query(
      `select name, head, previous_head from release_sync join repository on repository.id = repository_id
         join release on release.id = release_id where version = 'heads' order by name`,
    );
    expect(sync.rows).toEqual([
      { name: 'acme/a', head: sha(11), previous_head: null },
      { name: 'acme/b', head: sha(21), previous_head: sha(20) },
    ]);
  });

  test('with commits in the same request they only set heads', async () => {
    await addRepository('acme/both');
    await create('both');
    const answer = await update('both', {
      commits: [
        commitOf(31, { repository: 'acme/both' }),
        commitOf(30, { repository: 'acme/both' }),
      ],
      refs: [{ repository: 'acme/both', commit: sha(30) }],
    });
    expect(answer.body).toMatchObject({ commitCount: 2, lastCommit: { id: sha(31) } });
    expect(await heads('both')).toEqual([`acme/both ${sha(30)}`]);
    const { rows } = await slipway.pool.query(
      "select from release_sync join release on release.id = release_id where version = 'both'",
    );
    expect(rows).toEqual([]);
  });

  test('headCommits say the same in older words, and count only without refs', async () => {
    await addRepository('acme/old');
    await create('older');
    await update('older', {
      headCommits: [{ repository: 'acme/old', currentId: sha(40), previousId: sha(39) }],
    });
    expect(await heads('older')).toEqual([`acme/old ${sha(40)}`]);
    await update('older', {
      refs: [{ repository: 'acme/old', commit: sha(41) }],
      headCommits: [{ repository: 'acme/old', currentId: sha(42) }],
    });
    expect(await heads('older')).toEqual([`acme/old ${sha(41)}`]);
    await update('older', {
      refs: [],
      headCommits: [{ repository: 'acme/old', currentId: sha(43) }],
    });
    expect(await heads('older')).toEqual([`acme/old ${sha(43)}`]);
  });

  test.each([0, 1, 3])('[] clears a release with %i heads; its commits survive', async (count) => {
    const version = `cleared-${count}`;
    const commits = Array.from({ length: count }, (_, index) =>
      commitOf(50 + index, { repository: `acme/r${index}` }),
    );
    await create(version, { commits });
    expect(await heads(version)).toHaveLength(count);
    const answer = await update(version, { refs: [] });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ commitCount: 0, lastCommit: null, authors: [] });
    expect(await heads(version)).toEqual([]);
    expect((await slipway.call('GET', releasePath(version, 'commits/'))).body).toEqual([]);
    const { rows } = await slipway.pool.query('select count(*) from commit where key = any($1)', [
      commits.map((commit) => commit.id),
    ]);
    expect(rows[0].count).toBe(String(count));
  });

  test('[] right after commits in the same request clears them too', async () => {
    await create('set-and-cleared');
    const answer = await update('set-and-cleared', { commits: [commitOf(60)], refs: [] });
    expect(answer.body).toMatchObject({ commitCount: 0, lastCommit: null });
  });
});

describe('400', () => {
  let refusing: ApiAnswer;
  beforeAll(async () => {
    refusing = await create('refusing');
  });

  test.each([
    [{ status: 'Open' }, { status: ['Invalid status Open'] }],
    [{ status: null }, { status: ['This field may not be null.'] }],
    [{ status: '' }, { status: ['This field may not be blank.'] }],
    [{ commits: null }, { commits: ['This field may not be null.'] }],
    [{ refs: null }, { refs: ['This field may not be null.'] }],
    [{ headCommits: null }, { headCommits: ['This field may not be null.'] }],
    [
      { url: `https://a.test/${'x'.repeat(200)}` },
      { url: ['Ensure this field has no more than 200 characters.'] },
    ],
    [
      { dateReleased: 'yesterday' },
      { dateReleased: [expect.stringContaining('Datetime has wrong format.')] },
    ],
    [
      { refs: [{ repository: 'acme/a', commit: 'a..b..c' }] },
      { refs: { commit: ['Commit can contain .. only once'] } },
    ],
    [
      { refs: [{ repository: 'acme/a', commit: 'a...b' }] },
      { refs: { commit: ['A commit range is written with two dots, from..to'] } },
    ],
    [
      { commits: [{ id: 'a' }, 'b'] },
      { commits: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] } },
    ],
    [
      { commits: [{ id: 'a', patch_set: [{ path: 'x', type: 'Z' }] }] },
      { commits: { patch_set: { type: ['Commit patch_set type Z is not supported.'] } } },
    ],
    [
      { status: 'x', ref: 'r'.repeat(201) },
      {
        status: ['Invalid status x'],
        ref: ['Ensure this field has no more than 200 characters.'],
      },
    ],
  ])('%j is refused whole', async (body, error) => {
    const answer = await update('refusing', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(error);
    expect((await slipway.call('GET', releasePath('refusing'))).body).toMatchObject(refusing.body);
  });

  test('an unknown repository stops the refs before any head moves', async () => {
    await addRepository('acme/known');
    await create('unknown-repository');
    const answer = await update('unknown-repository', {
      ref: 'applied',
      refs: [
        { repository: 'acme/known', commit: sha(70) },
        { repository: 'acme/Known', commit: sha(71) },
      ],
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ refs: ['Invalid repository names: acme/Known'] });
    expect(await heads('unknown-repository')).toEqual([]);
  });
});

describe('404', () => {
  test('an unknown release', async () => {
    const answer = await update('nowhere', { ref: 'x' });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ detail: 'The requested resource does not exist' });
  });

  test('a release of which one project is out of reach, whether it is changed, deleted or deployed', async () => {
    await create('reaches-out', { projects: ['web', 'api'] });
    const token = await teamMateToken(slipway, slipway.tenant.web.id, ['project:admin']);
    const change = async (): Promise<number[]> => {
      const answers = [
        await update('reaches-out', { ref: 'x' }, { token }),
        await slipway.call('POST', releasePath('reaches-out', 'deploys/'), {
          body: { environment: 'prod', projects: ['web'] },
          token,
        }),
        await slipway.call('GET', releasePath('reaches-out'), { token }),
      ];
      return answers.map((answer) => answer.status);
    };
    expect(await change()).toEqual([200, 201, 200]);
    await withClosedMembership(slipway, async () => {
      expect(await change()).toEqual([404, 404, 200]);
      const deletion = await slipway.call('DELETE', releasePath('reaches-out'), { token });
      expect(deletion.status).toBe(404);
    });
  });

  test('a project in the query that the release is not in', async () => {
    await create('only-web');
    for (const [method, expected] of [
      ['GET', 404],
      ['PUT', 404],
    ] as const) {
      const answer = await slipway.call(method, `${releasePath('only-web')}?project=api`);
      expect(answer.status, method).toBe(expected);
    }
  });
});

describe('DELETE', () => {
  test('204 without a body, 404 afterwards, and a new release may take the version', async () => {
    const created = await create('deleted', { commits: [commitOf(80)] });
    await slipway.call('POST', releasePath('deleted', 'deploys/'), {
      body: { environment: 'prod' },
    });
    const answer = await slipway.call('DELETE', releasePath('deleted'));
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
    expect((await slipway.call('GET', releasePath('deleted'))).status).toBe(404);
    expect((await slipway.call('DELETE', releasePath('deleted'))).status).toBe(404);
    const again = await create('deleted');
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(created.body.id);
    expect(again.body).toMatchObject({ commitCount: 0, deployCount: 0 });
    const { rows } = await slipway.pool.query('select from commit where key = $1', [sha(80)]);
    expect(rows).toHaveLength(1);
  });

  test('with a key the repeat is told 204 again, though the release is gone', async () => {
    await create('deleted-keyed');
    const headers = { 'Idempotency-Key': 'delete-once' };
    const first = await slipway.call('DELETE', releasePath('deleted-keyed'), { headers });
    expect(first.status).toBe(204);
    const second = await slipway.call('DELETE', releasePath('deleted-keyed'), { headers });
    expect(second.status).toBe(204);
  });
});
