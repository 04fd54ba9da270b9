import { beforeAll, describe, expect, test } from 'vitest';
import { commitOf, releasePath, releasesPath, sha } from './support/releaseRequests.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/** The commit list of a release (releases-api 4), and inputs that crash other servers (14). */
const slipway = useSlipway();

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await slipway.pool.query(text, values)).rows;

let number = 0;

/** Puts the commits on a release, a new one unless a version is given. */
async function put(
  commits: readonly object[],
  version?: string,
): Promise<ApiAnswer & { version: string }> {
  const name = version ?? `set-${++number}`;
  if (version === undefined) {
    await slipway.call('POST', releasesPath, { body: { version: name, projects: ['web'] } });
  }
  const answer = await slipway.call('PUT', releasePath(name), { body: { commits } });
  expect(answer.status, answer.text).toBe(200);
  return { ...answer, version: name };
}

const keysOf = async (version: string): Promise<string[]> => {
  const answer = await slipway.call('GET', releasePath(version, 'commits/'));
  return answer.body.map((commit: any) => commit.id);
};

const headsOf = async (version: string): Promise<string[]> =>
  (
    await rows(
      `select repository.name || ' ' || commit.key as head
         from release_head_commit head join release on release.id = head.release_id
         join commit on commit.id = head.commit_id join repository on repository.id = head.repository_id
        where version = $1 order by 1`,
      [version],
    )
  ).map((row) => row.head);

const storedCommit = async (key: string): Promise<any> => {
  const [commit] = await rows(
    `select commit.message, commit.date_added::text as date, author.email, author.name, repository.name as repository
       from commit left join commit_author author on author.id = commit.author_id
       join repository on repository.id = commit.repository_id where key = $1`,
    [key],
  );
  return commit;
};

describe('order', () => {
  const bare = (id: string, timestamp?: string | null): object => ({
    id,
    ...(timestamp === undefined ? {} : { timestamp }),
  });

  test.each([
    ['without timestamps the first is the newest', [bare('o1'), bare('o2')], ['o1', 'o2']],
    [
      'by timestamp, whatever the zone',
      [bare('o3', '2026-01-01T10:00:00+05:00'), bare('o4', '2026-01-01T06:00:00Z')],
      ['o4', 'o3'],
    ],
    [
      'equal timestamps keep the order of the request',
      [bare('o5', '2026-01-01T00:00:00Z'), bare('o6', '2026-01-01T01:00:00+01:00')],
      ['o5', 'o6'],
    ],
    [
      'a missing or null timestamp counts as the oldest',
      [bare('o7', null), bare('o8'), bare('o9', '1999-01-01T00:00:00Z'), bare('o10', null)],
      ['o9', 'o7', 'o8', 'o10'],
    ],
    ['several nulls', [bare('o11', null), bare('o12', null)], ['o11', 'o12']],
    [
      'digit strings are unix seconds',
      [bare('o13', '1700000000'), bare('o14', '1700000000.5')],
      ['o14', 'o13'],
    ],
  ])('%s', async (_, commits, expected) => {
    const { version, body } = await put(commits);
    expect(await keysOf(version)).toEqual(expected);
    expect(body).toMatchObject({ commitCount: expected.length, lastCommit: { id: expected[0] } });
  });

  test('a new commit without a timestamp is from now', async () => {
    const before = Date.now();
    const { body } = await put([{ id: 'from-now', timestamp: null }]);
    expect(Date.parse(body.lastCommit.dateCreated)).toBeGreaterThanOrEqual(before - 1_000);
  });
});

describe('the marker', () => {
  test('drops a commit without a trace: no repository, author or file of it', async () => {
    const { body, version } = await put([
      commitOf(100, {
        repository: 'marked/only',
        author_email: 'marked@acme.test',
        message: 'tidy #skipsentry up',
        patch_set: [{ path: 'marked.txt', type: 'A' }],
      }),
      commitOf(99, { message: '#SkipSentry is another word' }),
    ]);
    expect(body.commitCount).toBe(1);
    expect(await keysOf(version)).toEqual([sha(99)]);
    expect(await storedCommit(sha(100))).toBeUndefined();
    expect(await rows("select from repository where name = 'marked/only'")).toEqual([]);
    expect(await rows("select from commit_author where email = 'marked@acme.test'")).toEqual([]);
  });

  test('on every commit clears the release, heads too', async () => {
    const { version } = await put([commitOf(101)]);
    const { body } = await put([commitOf(102, { message: '#skipsentry' })], version);
    expect(body).toMatchObject({ commitCount: 0, lastCommit: null, authors: [] });
    expect(await headsOf(version)).toEqual([]);
  });

  test('is not looked for in a null message', async () => {
    const { body } = await put([commitOf(103, { message: null })]);
    expect(body).toMatchObject({ commitCount: 1, lastCommit: { message: null } });
  });
});

describe('repositories', () => {
  test.each([[undefined], [null], [''], ['  ']])(
    '%j stands for the one of the organization',
    async (repository) => {
      const { body } = await put([commitOf(110, { repository })]);
      expect(body.lastCommit.repository).toMatchObject({
        name: `organization-${slipway.tenant.organizationId}`,
        provider: { id: 'unknown' },
        url: null,
      });
    },
  );

  test('an unknown name makes one, a known one uses the newest active', async () => {
    const [{ id: expected }] = await rows(
      `with made as (
         insert into repository (organization_id, name, status) values
           ($1, 'twice', 'active'), ($1, 'twice', 'active'), ($1, 'twice', 'hidden') returning id, status)
       select max(id)::text as id from made where status = 'active'`,
      [slipway.tenant.organizationId],
    );
    const { body } = await put([commitOf(111, { repository: ' twice ' })]);
    expect(body.lastCommit.repository.id).toBe(expected);
    await put([
      commitOf(112, { repository: 'brand/new' }),
      commitOf(113, { repository: 'brand/new' }),
    ]);
    expect(await rows("select from repository where name = 'brand/new'")).toHaveLength(1);
  });

  test('the same commit id in two repositories is two commits', async () => {
    const { version, body } = await put([
      commitOf(114, { repository: 'left' }),
      commitOf(114, { repository: 'right' }),
    ]);
    expect(body.commitCount).toBe(2);
    expect(await headsOf(version)).toEqual([`left ${sha(114)}`, `right ${sha(114)}`]);
  });
});

describe('authors', () => {
  test.each([
    [
      { author_email: 'Mixed@Acme.Test', author_name: 'M' },
      { email: 'mixed@acme.test', name: 'M' },
    ],
    [
      { author_email: 'x[bot]@acme.test', author_name: null },
      { email: 'x[bot]@acme.test', name: null },
    ],
    [
      { author_email: undefined, author_name: 'Ana María' },
      { email: 'anamara@localhost', name: 'Ana María' },
    ],
    [
      { author_email: null, author_name: 'a-b_c.D!' },
      { email: 'a-b_c.d@localhost', name: 'a-b_c.D!' },
    ],
    [
      { author_email: '', author_name: 'Unknown' },
      { email: null, name: null },
    ],
    [
      { author_email: undefined, author_name: undefined },
      { email: null, name: null },
    ],
    [
      { author_email: null, author_name: '' },
      { email: null, name: null },
    ],
    [
      { author_email: `${'l'.repeat(80)}@acme.test`, author_name: 'Long' },
      { email: `${'l'.repeat(72)}...`, name: 'Long' },
    ],
  ])('%j is %j', async (sent, expected) => {
    const id = `author-${++number}`;
    await put([{ id, ...sent }]);
    expect(await storedCommit(id)).toMatchObject(expected);
  });

  test('the name follows the latest list, also to none', async () => {
    const email = 'renamed@acme.test';
    for (const name of ['First', 'Second', null]) {
      await put([{ id: `renamed-${name}`, author_email: email, author_name: name }]);
      expect(await rows('select name from commit_author where email = $1', [email])).toEqual([
        { name },
      ]);
    }
  });

  test('within a list the first commit of a spelling decides', async () => {
    const of = (seed: number, author_name: string): object =>
      commitOf(seed, { author_email: 'order@acme.test', author_name });
    await put([of(120, 'Older'), of(121, 'Newest')]);
    expect(await rows("select name from commit_author where email = 'order@acme.test'")).toEqual([
      { name: 'Newest' },
    ]);
  });
});

describe('replacing', () => {
  test('a list stands for the whole, never merges', async () => {
    const { version } = await put([commitOf(130), commitOf(131)]);
    const { body } = await put([commitOf(132, { author_email: 'new@acme.test' })], version);
    expect(await keysOf(version)).toEqual([sha(132)]);
    expect(body).toMatchObject({ commitCount: 1, authors: [{ email: 'new@acme.test' }] });
    expect(await storedCommit(sha(130))).toBeDefined();
  });

  test('the same commits in another order change their places', async () => {
    const commits = [{ id: 'swap-a' }, { id: 'swap-b' }];
    const { version } = await put(commits);
    const { body } = await put(commits.toReversed(), version);
    expect(await keysOf(version)).toEqual(['swap-b', 'swap-a']);
    expect(body.lastCommit.id).toBe('swap-b');
  });

  test('heads follow the list; one that refs have set stays while the list contains it', async () => {
    const { version } = await put([
      commitOf(140, { repository: 'h/a' }),
      commitOf(141, { repository: 'h/a' }),
      commitOf(142, { repository: 'h/b' }),
    ]);
    expect(await headsOf(version)).toEqual([`h/a ${sha(141)}`, `h/b ${sha(142)}`]);
    await slipway.call('PUT', releasePath(version), {
      body: { refs: [{ repository: 'h/a', commit: sha(140) }] },
    });
    await put(
      [commitOf(140, { repository: 'h/a' }), commitOf(143, { repository: 'h/a' })],
      version,
    );
    expect(await headsOf(version)).toEqual([`h/a ${sha(140)}`]);
    await put(
      [commitOf(143, { repository: 'h/a' }), commitOf(144, { repository: 'h/c' })],
      version,
    );
    expect(await headsOf(version)).toEqual([`h/a ${sha(143)}`, `h/c ${sha(144)}`]);
  });

  test('duplicates count, but are linked once, at their first place', async () => {
    const { version, body } = await put([{ id: 'd1' }, { id: 'd2' }, { id: 'd1' }, { id: 'd3' }]);
    expect(body.commitCount).toBe(4);
    expect(await keysOf(version)).toEqual(['d1', 'd2', 'd3']);
    expect(
      await rows(
        `select position from release_commit join release on release.id = release_id
          where version = $1 order by position`,
        [version],
      ),
    ).toEqual([{ position: 0 }, { position: 1 }, { position: 3 }]);
  });

  test('two releases share commits', async () => {
    const shared = [commitOf(150), commitOf(151)];
    const first = await put(shared);
    const second = await put(shared);
    expect(await keysOf(first.version)).toEqual(await keysOf(second.version));
    expect(
      await rows('select from commit where key = any($1)', [[sha(150), sha(151)]]),
    ).toHaveLength(2);
  });
});

describe('a commit that is sent again', () => {
  test('changes in what was sent and keeps what was not', async () => {
    await put([
      {
        id: 'again',
        message: 'first',
        author_email: 'first@acme.test',
        timestamp: '2026-01-01T00:00:00Z',
      },
    ]);
    const { version } = await put([{ id: 'again' }]);
    const first = {
      message: 'first',
      email: 'first@acme.test',
      date: '2026-01-01 00:00:00+00',
    };
    expect(await storedCommit('again')).toMatchObject(first);
    await put([{ id: 'again', author_email: '', timestamp: null }], version);
    expect(await storedCommit('again')).toMatchObject(first);
    await put([{ id: 'again', message: 'second' }], version);
    expect(await storedCommit('again')).toMatchObject({ ...first, message: 'second' });
    await put(
      [{ id: 'again', author_email: 'second@acme.test', timestamp: '2026-01-02T00:00:00Z' }],
      version,
    );
    expect(await storedCommit('again')).toMatchObject({
      message: 'second',
      email: 'second@acme.test',
      date: '2026-01-02 00:00:00+00',
    });
  });

  test('gains files, never loses or retypes one', async () => {
    const files = async (): Promise<string[]> =>
      (
        await rows(
          `select filename || ' ' || type::text as file from commit_file_change join commit on commit.id = commit_id
            where key = 'filed' order by 1`,
        )
      ).map((row) => row.file);
    const { version } = await put([
      {
        id: 'filed',
        patch_set: [
          { path: 'a', type: 'A' },
          { path: 'a', type: 'D' },
          { path: ' b ', type: 'M' },
        ],
      },
    ]);
    expect(await files()).toEqual(['a A', 'b M']);
    for (const patch_set of [
      null,
      [],
      [
        { path: 'b', type: 'D' },
        { path: 'c', type: 'D' },
      ],
    ]) {
      await put([{ id: 'filed', patch_set }], version);
    }
    expect(await files()).toEqual(['a A', 'b M', 'c D']);
  });

  test('unchanged is not written: no row, lock or number of it changes', async () => {
    const commits = [1, 2, 3].map((seed) =>
      commitOf(160 + seed, {
        repository: `same/${seed % 2}`,
        author_email: `same-${seed % 2}@acme.test`,
        author_name: `Same ${seed % 2}`,
        patch_set: [{ path: `f${seed}`, type: 'A' }],
      }),
    );
    const { version } = await put(commits);
    const tables = [
      'repository',
      'commit_author',
      'commit',
      'commit_file_change',
      'release_commit',
      'release_head_commit',
    ];
    const state = async (): Promise<unknown> => ({
      rows: await Promise.all(
        tables.map((table) => rows(`select ctid, xmin, xmax from ${table} order by ctid`)),
      ),
      sequences: await rows(
        `select sequencename, last_value from pg_sequences
          where sequencename similar to '(repository|commit)%' order by 1`,
      ),
    });
    const before = await state();
    const { body } = await put(commits, version);
    expect(body.commitCount).toBe(3);
    expect(await state()).toEqual(before);
  });
});

describe('sizes', () => {
  let commits: object[];
  beforeAll(() => {
    commits = Array.from({ length: 2_500 }, (_, index) =>
      commitOf(1_000_000 + index, { patch_set: [{ path: `f${index % 50}`, type: 'M' }] }),
    );
  });

  test('a list too long for one transaction ends up the same', async () => {
    const { body, version } = await put(commits);
    expect(body).toMatchObject({ commitCount: 2_500, lastCommit: { id: sha(1_002_499) } });
    const [{ count }] = await rows(
      'select count(*) from release_commit join release on release.id = release_id where version = $1',
      [version],
    );
    expect(count).toBe('2500');
  });

  test('values at their limits are stored whole', async () => {
    const commit = {
      id: 'i'.repeat(64),
      repository: '😀'.repeat(64),
      message: 'm'.repeat(100_000),
      author_name: 'é'.repeat(128),
      author_email: '😀'.repeat(200),
      patch_set: [{ path: '漢'.repeat(510), type: 'A' }],
    };
    const { body, version } = await put([commit]);
    expect(body.lastCommit).toMatchObject({
      id: commit.id,
      message: commit.message,
      repository: { name: commit.repository },
      author: { name: commit.author_name, email: `${'😀'.repeat(72)}...` },
    });
    const files = await slipway.call('GET', releasePath(version, 'commitfiles/'));
    expect(files.body[0].filename).toBe('漢'.repeat(510));
  });
});
