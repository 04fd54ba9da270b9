/**
 * GitHub and GitLab against fakes with the shapes of their replies and a script of failures: names, ranges, pages
 * and cursors, rewritten history, every failure of the taxonomy, limits, conditional requests, and tokens.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { ScmError } from '../infra/scm/errors.ts';
import { isComplete, type CommitPage, type ScmRepository } from '../infra/scm/provider.ts';
import { createScmRegistry } from '../infra/scm/registry.ts';
import type { CachedReply, ResponseCache } from '../infra/scm/responseCache.ts';
import { startFakeGitHub, type FakeGitHub } from './support/fakeGitHub.ts';
import { startFakeGitLab, type FakeGitLab } from './support/fakeGitLab.ts';
import { FakeHistory, type FakeCommit } from './support/fakeHistory.ts';
import type { Failure } from './support/scriptedServer.ts';

let github: FakeGitHub;
let gitlab: FakeGitLab;

beforeAll(async () => {
  [github, gitlab] = await Promise.all([startFakeGitHub(), startFakeGitLab()]);
});
afterAll(() => Promise.all([github.close(), gitlab.close()]));
beforeEach(() => {
  github.reset();
  gitlab.reset();
  Object.assign(github, { history: new FakeHistory(), isPaged: true, filesPerPage: 300 });
  Object.assign(gitlab, { history: new FakeHistory(), filesMax: 3_000 });
});

/** A cache of its own for every provider, so that tests see each other's requests only where they mean to. */
function createCache(): ResponseCache {
  const entries = new Map<string, CachedReply>();
  return {
    get: (key) => Promise.resolve(entries.get(key) ?? null),
    set: (key, reply) => Promise.resolve(void entries.set(key, reply)),
  };
}

function createProvider(id: string, cache = createCache(), allowPrivate = true) {
  const policy = { allowPrivate, allowFile: false };
  const git = { folder: '/nonexistent' };
  return createScmRegistry({ git, policy, cache, requestTimeoutMs: 250 }).find(id)!;
}

const context = (signal = new AbortController().signal) => ({ signal, heartbeat: () => undefined });
const asked = ({ requests }: { requests: { url: string }[] }, pattern: RegExp) =>
  requests.filter(({ url }) => pattern.test(url)).length;
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const failure = (promise: Promise<unknown>): Promise<ScmError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as ScmError,
  );

const hosts = [
  {
    id: 'github_enterprise',
    server: () => github,
    /** Requests for one page of a range. */
    pagePattern: (page: number) => new RegExp(`/compare/.*[?&]page=${page}$`),
    /** Pages in the order in which they are read. */
    pageOrder: [3, 2, 1],
    filesPattern: /\/commits\/[0-9a-f]{40}$/,
  },
  {
    id: 'gitlab',
    server: () => gitlab,
    pagePattern: (page: number) => new RegExp(`/commits\\?.*\\.\\..*[?&]page=${page}$`),
    pageOrder: [1, 2, 3],
    filesPattern: /\/diff\?/,
  },
] as const;

describe.each(hosts)('$id', ({ id, server, pagePattern, pageOrder, filesPattern }) => {
  const repository = (): ScmRepository => ({
    name: 'acme / web',
    url: `${server().url}/acme/web.git`,
    token: 's3cret',
  });
  const list = async (
    base: string | null,
    head: string,
    { provider = createProvider(id), cursor = null as string | null } = {},
  ) => {
    const pages = await collect(
      provider.listRange(repository(), { base, head }, context(), cursor),
    );
    const { outcome } = pages.at(-1)!;
    return { pages, outcome, commits: pages.flatMap(({ commits }) => commits) };
  };

  describe('resolveCommit', () => {
    it('answers the full sha of branches, HEAD and short shas, and says what is unknown', async () => {
      const { history } = server();
      const first = history.commit('one');
      const second = history.commit('two');
      history.refs.set('v1/final', first);
      const provider = createProvider(id);
      const table = {
        HEAD: second,
        main: second,
        'v1/final': first,
        [first.slice(0, 8)]: first,
        [first]: first,
      };
      for (const [ref, sha] of Object.entries(table)) {
        expect(await provider.resolveCommit(repository(), ref, context())).toEqual({ sha });
      }
      for (const ref of ['nope', 'a'.repeat(40)]) {
        expect(await provider.resolveCommit(repository(), ref, context())).toEqual({
          unknown: true,
        });
      }
    });

    it('finds a commit that is pushed late', async () => {
      const { history } = server();
      history.commit('one');
      const provider = createProvider(id);
      const later = new FakeHistory();
      later.commit('one');
      const sha = later.commit('late');
      const error = await failure(list(null, sha, { provider }));
      expect([error.code, error.isRetryable]).toEqual(['unknown_commit', true]);
      expect(error.message).toBe(
        `The commit ${sha} is not in acme / web. It may not have been pushed yet.`,
      );
      expect(history.commit('late')).toBe(sha);
      expect((await list(null, sha, { provider })).commits).toHaveLength(2);
    });

    it('tells an empty repository from a missing one', async () => {
      expect((await failure(list(null, 'main'))).code).toBe('empty');
      const missing = { ...repository(), url: `${server().url}/acme/gone` };
      const error = await failure(createProvider(id).resolveCommit(missing, 'main', context()));
      expect([error.code, error.isRetryable]).toEqual(['not_found', false]);
    });
  });

  describe('listRange', () => {
    it('lists the commits of a range, newest first, with author dates and files', async () => {
      const { history } = server();
      const base = history.commit('base');
      const second = history.commit('two\n\nFixes WEB-1', {
        files: [
          { path: 'a', status: 'added' },
          { path: 'm', status: 'modified' },
          { path: 'd', status: 'removed' },
          { path: 'new', status: 'renamed', from: 'old' },
        ],
      });
      const head = history.commit('three', { authorName: null, authorEmail: null, files: [] });
      const { commits, outcome } = await list(base, head);
      expect(commits).toEqual([
        expect.objectContaining({ id: head, author_name: null, author_email: null, patch_set: [] }),
        {
          id: second,
          repository: 'acme / web',
          author_name: 'Zoë Dev',
          author_email: 'zoe@example.com',
          message: 'two\n\nFixes WEB-1',
          timestamp: expect.stringMatching(/^2026-01-01T00:01:00\.000(Z|\+00:00)$/),
          patch_set: [
            { path: 'a', type: 'A' },
            { path: 'm', type: 'M' },
            { path: 'd', type: 'D' },
            { path: 'old', type: 'D' },
            { path: 'new', type: 'A' },
          ],
        },
      ]);
      expect(outcome).toEqual({
        head,
        base,
        baseChoice: 'given',
        baseNote: null,
        listed: 2,
        total: 2,
        limits: [],
      });
      expect(isComplete(outcome)).toBe(true);
    });

    it('lists at most 20 recent commits when there is no start', async () => {
      const { history } = server();
      for (let i = 0; i < 25; i += 1) history.commit(`c${i}`);
      const { pages, commits, outcome } = await list(null, 'main');
      expect(commits.map(({ message }) => message)).toEqual(
        Array.from({ length: 20 }, (_, i) => `c${24 - i}`),
      );
      expect(pages).toHaveLength(1);
      expect(outcome).toMatchObject({
        baseChoice: 'recent',
        base: null,
        baseNote: null,
        limits: [],
      });
    });

    it('starts where histories part when the base was force-pushed away but is known', async () => {
      const { history } = server();
      const root = history.commit('root');
      const old = history.commit('old');
      const head = history.commit('new', { parents: [root] });
      const { outcome, commits } = await list(old, 'main');
      expect(commits.map((commit) => commit.id)).toEqual([head]);
      expect(outcome).toMatchObject({ head, base: root, baseChoice: 'merge_base', limits: [] });
      expect(outcome.baseNote).toContain(`The start ${old} is not an ancestor of main`);
    });

    it('takes the recent commits when the base is gone, or has nothing in common, and says so', async () => {
      const { history } = server();
      const other = history.commit('other');
      history.commit('one', { parents: [] });
      history.commit('two');
      for (const base of ['f'.repeat(40), other]) {
        const { outcome, commits } = await list(base, 'main');
        expect(commits.map(({ message }) => message)).toEqual(['two', 'one']);
        expect(outcome).toMatchObject({ baseChoice: 'recent', base: null });
        expect(outcome.baseNote).toContain(base);
      }
    });

    it('lists nothing for the same commit and for an older head', async () => {
      const { history } = server();
      const first = history.commit('one');
      const second = history.commit('two');
      for (const head of [first, second]) {
        const { pages, outcome } = await list(second, head);
        expect(pages).toHaveLength(1);
        expect(outcome).toMatchObject({
          head,
          base: second,
          baseChoice: 'given',
          listed: 0,
          total: 0,
        });
      }
    });

    it('goes on at the cursor of the last page when the second of three fails twice', async () => {
      const { history } = server();
      const base = history.commit('base');
      const shas = Array.from({ length: 300 }, (_, i) => history.commit(`c${i}`)).reverse();
      const provider = createProvider(id);
      server().fail(pagePattern(2), { status: 502 }, 2);
      const seen: CommitPage[] = [];
      const failures: string[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const cursor = seen.at(-1)?.cursor ?? null;
        try {
          const range = { base, head: 'main' };
          for await (const page of provider.listRange(repository(), range, context(), cursor)) {
            seen.push(page);
          }
        } catch (error) {
          failures.push((error as ScmError).code);
        }
      }
      expect(failures).toEqual(['transient', 'transient']);
      expect(seen.flatMap(({ commits }) => commits.map((commit) => commit.id))).toEqual(shas);
      expect(seen.map(({ cursor }) => cursor === null)).toEqual(
        seen.map((_, index) => index === seen.length - 1),
      );
      expect(seen.at(-1)?.outcome).toMatchObject({ listed: 300, total: 300, limits: [] });
      // The page that was there already is not asked for again.
      const [first] = pageOrder;
      if (first !== 1) expect(asked(server(), pagePattern(first))).toBe(1);
      for (const { cursor } of seen) expect((cursor ?? '').length).toBeLessThan(4_096);
    });

    it('stays with the head that it started from when the branch moves on between attempts', async () => {
      const { history } = server();
      const base = history.commit('base');
      for (let i = 0; i < 150; i += 1) history.commit(`c${i}`, { files: [] });
      const provider = createProvider(id);
      const whole = await list(base, 'main', { provider });
      history.commit('later');
      const rest = await list(base, 'main', { provider, cursor: whole.pages[0]!.cursor });
      expect(rest.commits).toEqual(whole.pages[1]!.commits);
    });

    it('starts over with a cursor that is not its own', async () => {
      const { history } = server();
      const base = history.commit('base');
      history.commit('one');
      for (const cursor of ['', '{', '{"range":"x","position":1}', 'null']) {
        expect((await list(base, 'main', { cursor })).commits).toHaveLength(1);
      }
    });

    it('asks for the files of the newest 1,000 commits, and tells how many it has spared', async () => {
      const { history } = server();
      const base = history.commit('base');
      for (let i = 0; i < 1_005; i += 1) history.commit(`c${i}`);
      const { commits, outcome } = await list(base, 'main');
      expect(commits.filter(({ patch_set: files }) => files.length === 1)).toHaveLength(1_000);
      expect(outcome).toMatchObject({ listed: 1_005, total: 1_005 });
      expect(outcome.limits).toMatchObject([{ kind: 'files', affected: 5 }]);
    });

    it('cuts a range to its newest 10,000 commits, and says so', async () => {
      const { history } = server();
      const base = history.commit('base');
      for (let i = 0; i < 10_050; i += 1) history.commit(`c${i}`, { files: [] });
      const { commits, outcome } = await list(base, 'main');
      expect([commits[0]!.message, commits.at(-1)!.message]).toEqual(['c10049', 'c50']);
      expect(outcome.limits.find(({ kind }) => kind === 'commits')?.reason).toContain('10,000');
      expect(outcome.listed).toBe(10_000);
    });

    it('tells of commits with more files than the host lists', async () => {
      const { history } = server();
      const base = history.commit('base');
      const files = Array.from({ length: 3_200 }, (_, i) => ({
        path: `f${i}`,
        status: 'added' as const,
      }));
      history.commit('import', { files });
      history.commit('small', { files: files.slice(0, 450) });
      const { commits, outcome } = await list(base, 'main');
      expect(commits.map(({ patch_set: set }) => set.length)).toEqual([450, 3_000]);
      expect(outcome.limits).toMatchObject([{ kind: 'files', affected: 1 }]);
      expect(isComplete(outcome)).toBe(false);
    });
  });

  describe('failures', () => {
    const soon = { 'retry-after': '7' };
    test.each<[string, Failure, string, boolean, number | undefined]>([
      ['401', { status: 401 }, 'unauthorized', false, undefined],
      ['403 without a rate limit', { status: 403 }, 'unauthorized', false, undefined],
      ['403 with Retry-After', { status: 403, headers: soon }, 'rate_limited', true, 7_000],
      ['429 with Retry-After', { status: 429, headers: soon }, 'rate_limited', true, 7_000],
      ['429 without a time', { status: 429 }, 'rate_limited', true, 60_000],
      [
        '403 with an empty budget',
        {
          status: 403,
          headers: {
            'x-ratelimit-remaining': '0',
            'x-ratelimit-reset': String(Date.parse('2026-01-01T00:01:30Z') / 1_000),
            date: 'Thu, 01 Jan 2026 00:00:00 GMT',
          },
        },
        'rate_limited',
        true,
        90_000,
      ],
      [
        '429 with a date to come back',
        {
          status: 429,
          headers: {
            'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT',
            date: 'Thu, 01 Jan 2026 00:00:00 GMT',
          },
        },
        'rate_limited',
        true,
        20_000,
      ],
      [
        '429 with a broken clock',
        { status: 429, headers: { 'retry-after': '99999999' } },
        'rate_limited',
        true,
        3_600_000,
      ],
      [
        '403 of a secondary limit',
        { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
        'rate_limited',
        true,
        60_000,
      ],
      ['410', { status: 410 }, 'not_found', false, undefined],
      ['500', { status: 500 }, 'transient', true, undefined],
      ['503 with Retry-After', { status: 503, headers: soon }, 'transient', true, 7_000],
      ['400', { status: 400 }, 'invalid', false, undefined],
      [
        'a redirect to elsewhere',
        { status: 302, headers: { location: 'http://10.0.0.1/' } },
        'refused',
        false,
        undefined,
      ],
      ['another shape', { body: { surprise: true } }, 'transient', true, undefined],
      ['truncated JSON', 'truncate', 'transient', true, undefined],
      ['a connection cut off', 'reset', 'transient', true, undefined],
      ['a hang', 'hang', 'transient', true, undefined],
    ])('%s', async (_name, planned, code, isRetryable, retryAfterMs) => {
      const sha = server().history.commit('one');
      server().fail(/commits/, planned);
      const error = await failure(list(null, sha));
      expect(error).toBeInstanceOf(ScmError);
      expect(error).toMatchObject({ code, isRetryable, retryAfterMs });
      expect(error.message).toContain('acme / web');
      expect(error.message).toContain(sha);
      expect(JSON.stringify([error.message, String(error.cause)])).not.toMatch(
        /s3cret|127\.0\.0\.1/,
      );
    });

    it('is well again when the host is: two 500s, then the commits', async () => {
      const sha = server().history.commit('one');
      const provider = createProvider(id);
      server().fail(filesPattern, { status: 500 }, 2);
      const codes: (string | number)[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const result = await list(null, sha, { provider }).catch(
          (error: unknown) => error as ScmError,
        );
        codes.push(result instanceof ScmError ? result.code : result.commits.length);
      }
      expect(codes).toEqual(['transient', 'transient', 1]);
    });

    it('stops at once when the caller gives up', async () => {
      const sha = server().history.commit('one');
      server().fail(/commits/, 'hang');
      const reason = new Error('the attempt is over');
      const abort = new AbortController();
      server().onRequest = () => abort.abort(reason);
      const pending = createProvider(id).resolveCommit(repository(), sha, context(abort.signal));
      await expect(pending).rejects.toBe(reason);
    });

    it('connects to private addresses only where that is allowed', async () => {
      const provider = createProvider(id, createCache(), false);
      const error = await failure(provider.resolveCommit(repository(), 'main', context()));
      expect([error.code, server().requests]).toEqual(['refused', []]);
    });
  });

  it('asks conditionally for what it has seen, and never answers from the replies of another token', async () => {
    const { history } = server();
    const base = history.commit('base');
    for (let i = 0; i < 5; i += 1) history.commit(`c${i}`);
    const provider = createProvider(id);
    const first = await list(base, 'main', { provider });
    const statuses = () => new Set(server().requests.map(({ status }) => status));
    expect(statuses()).toEqual(new Set([200]));
    server().requests.length = 0;
    expect((await list(base, 'main', { provider })).commits).toEqual(first.commits);
    expect(statuses()).toEqual(new Set([304]));
    server().requests.length = 0;
    const other = { ...repository(), token: 'other' };
    await provider.resolveCommit(other, 'main', context());
    expect(server().requests).toMatchObject([
      { status: 200, headers: { authorization: 'Bearer other' } },
    ]);
  });

  it('does without its cache when that fails or holds something else', async () => {
    const sha = server().history.commit('one');
    const down: ResponseCache = {
      get: () => Promise.reject(new Error('down')),
      set: () => Promise.reject(new Error('down')),
    };
    const strange: ResponseCache = {
      get: () => Promise.resolve({ etag: '"x"', body: { other: 'shape' }, next: null }),
      set: () => Promise.resolve(),
    };
    for (const cache of [down, strange]) {
      const provider = createProvider(id, cache);
      expect((await list(null, sha, { provider })).commits).toHaveLength(1);
    }
  });

  it('beats with every reply', async () => {
    const sha = server().history.commit('one');
    let beats = 0;
    const beating = { ...context(), heartbeat: () => (beats += 1) };
    for await (const _page of createProvider(id).listRange(
      repository(),
      { base: null, head: sha },
      beating,
    ));
    expect(beats).toBe(server().requests.length);
  });

  test.each([
    'https://127.0.0.1',
    'https://127.0.0.1/../..',
    'nonsense',
    'https://127.0.0.1/%2e%2e/%2e%2e',
  ])('refuses a URL that names no repository: %s', async (url) => {
    const error = await failure(
      createProvider(id).resolveCommit({ ...repository(), url }, 'main', context()),
    );
    expect(error.code).toBe('invalid');
  });
});

describe('GitHub alone', () => {
  const repository = (): ScmRepository => ({ name: 'web', url: `${github.url}/acme/web` });
  const listAll = async (base: string) => {
    const range = { base, head: 'main' };
    return collect(createProvider('github').listRange(repository(), range, context()));
  };

  it('tells of commits that an old server without pages does not list', async () => {
    const base = github.history.commit('base');
    for (let i = 0; i < 260; i += 1) github.history.commit(`c${i}`, { files: [] });
    github.isPaged = false;
    const pages = await listAll(base);
    expect(pages).toHaveLength(1);
    expect(pages[0]!.commits[0]!.message).toBe('c259');
    expect(pages[0]!.outcome).toMatchObject({ listed: 250, total: 260 });
    expect(pages[0]!.outcome.limits).toMatchObject([{ kind: 'commits', affected: 10 }]);
  });

  it('does not count copies and changes of mode', async () => {
    const base = github.history.commit('base');
    const files: FakeCommit['files'] = [
      { path: 'copy', status: 'copied', from: 'a' },
      { path: 'b', status: 'modified' },
    ];
    github.history.commit('one', { files });
    const [page] = await listAll(base);
    expect(page!.commits[0]!.patch_set).toEqual([{ path: 'b', type: 'M' }]);
  });

  it('never sends its token after a link to another host', async () => {
    const sha = github.history.commit('one');
    github.fail(/commits\/[0-9a-f]{40}$/, {
      headers: { link: '<http://127.0.0.1:9/next>; rel="next"' },
      body: { sha, commit: { message: 'm' }, files: [] },
    });
    const provider = createProvider('github');
    const pages = provider.listRange(
      { ...repository(), token: 's3cret' },
      { base: null, head: sha },
      context(),
    );
    const error = await failure(collect(pages));
    expect(error.code).toBe('refused');
  });

  it('follows the redirect of a renamed repository on its own host', async () => {
    const sha = github.history.commit('one');
    github.fail(/old-name/, {
      status: 301,
      headers: { location: `/api/v3/repos/acme/web/commits/${sha}` },
    });
    const renamed = { ...repository(), url: `${github.url}/acme/old-name` };
    expect(await createProvider('github').resolveCommit(renamed, sha, context())).toEqual({ sha });
  });

  it('an API elsewhere is asked there', async () => {
    const sha = github.history.commit('one');
    const elsewhere = { name: 'acme/web', url: null, apiUrl: `${github.url}/api/v3/` };
    expect(await createProvider('github').resolveCommit(elsewhere, 'main', context())).toEqual({
      sha,
    });
    const ssh = { ...elsewhere, url: 'git@github.com:acme/web.git' };
    expect(await createProvider('github').resolveCommit(ssh, 'main', context())).toEqual({ sha });
  });
});

describe('GitLab alone', () => {
  it('finds a project by its display name, its id, or its URL in the short form of ssh', async () => {
    const sha = gitlab.history.commit('one');
    const apiUrl = `${gitlab.url}/api/v4`;
    for (const repository of [
      { name: 'acme / web', url: null, apiUrl },
      { name: 'x', url: 'git@gitlab.com:acme/web.git', apiUrl },
      { name: 'x', url: 'ssh://git@gitlab.com:2222/acme/web.git', apiUrl },
      { name: 'x', url: 'https://gitlab.com/other', apiUrl, externalId: 'acme/web' },
    ]) {
      expect(await createProvider('gitlab').resolveCommit(repository, 'main', context())).toEqual({
        sha,
      });
    }
  });

  it('compares when the host does not tell where histories part', async () => {
    const base = gitlab.history.commit('base');
    gitlab.history.commit('one');
    gitlab.history.commit('two');
    gitlab.fail(/merge_base/, { status: 404, body: { error: '404 Not Found' } });
    const repository = { name: 'web', url: `${gitlab.url}/acme/web` };
    const range = { base, head: 'main' };
    const [page] = await collect(createProvider('gitlab').listRange(repository, range, context()));
    expect(page!.commits.map(({ message }) => message)).toEqual(['two', 'one']);
    expect(page!.outcome).toMatchObject({ base, baseChoice: 'given', total: 2, limits: [] });
  });

  it('doubts a list of files that ends where instances end it', async () => {
    gitlab.filesMax = 1_000;
    const files = Array.from({ length: 1_500 }, (_, i) => ({
      path: `f${i}`,
      status: 'added' as const,
    }));
    const sha = gitlab.history.commit('import', { files });
    const repository = { name: 'web', url: `${gitlab.url}/acme/web` };
    const range = { base: null, head: sha };
    const [page] = await collect(createProvider('gitlab').listRange(repository, range, context()));
    expect(page!.commits[0]!.patch_set).toHaveLength(1_000);
    expect(page!.outcome.limits).toMatchObject([{ kind: 'files', affected: 1 }]);
  });
});

test.each([
  ['git', true],
  ['github', true],
  ['github_enterprise', true],
  ['gitlab', true],
  ['integrations:github', true],
  ['integrations:github_enterprise', true],
  ['integrations:gitlab', true],
  ['bitbucket', false],
  ['integrations:vsts', false],
  ['integrations:', false],
  ['constructor', false],
  ['', false],
  [null, false],
])('whether anything can be fetched from provider %j: %s', (id, isKnown) => {
  const policy = { allowPrivate: false, allowFile: false };
  const provider = createScmRegistry({ git: { folder: '/nonexistent' }, policy }).find(id);
  expect(provider !== null).toBe(isKnown);
});
