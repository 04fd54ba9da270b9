/**
 * The git provider against real repositories, served by `git http-backend` and from files: what names resolve to,
 * ranges, odd commits, history that is rewritten, cut off or not there yet, hosts that fail, and what a hostile URL
 * or repository can reach.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { ScmError } from '../infra/scm/errors.ts';
import { createGitProvider, type GitProviderOptions } from '../infra/scm/git.ts';
import { resolveRemote } from '../infra/scm/git/gitRemote.ts';
import { pruneMirrors } from '../infra/scm/git/mirrorFolder.ts';
import { isComplete, type CommitPage, type ScmRepository } from '../infra/scm/provider.ts';
import { git, serveGit, type GitHttpServer } from './support/gitHttp.ts';

let root: string;
let server: GitHttpServer;
let counter = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-git-'));
  server = await serveGit(root);
});
afterEach(() => {
  server.intercept = null;
  server.requests.length = 0;
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

/** A repository with a work tree; what is committed is served at once. */
function createRepository() {
  const name = `repo${++counter}`;
  const path = join(root, name);
  git(root, ['init', '-q', '-b', 'main', name]);
  const commit = (message: string, files: Record<string, string | null> = {}): string => {
    for (const [file, content] of Object.entries(files)) {
      if (content === null) git(path, ['rm', '-q', file]);
      else writeFileSync(join(path, file), content);
    }
    git(path, ['add', '-A']);
    git(path, ['commit', '-q', '--allow-empty', '-m', message]);
    return git(path, ['rev-parse', 'HEAD']);
  };
  const repository: ScmRepository = { name: `acme/${name}`, url: `${server.url}/${name}/.git` };
  return { path, commit, repository, git: (...args: string[]) => git(path, args) };
}

function createProvider(options: Partial<GitProviderOptions> = {}) {
  const folder = join(root, `mirrors${++counter}`);
  const policy = { allowPrivate: true, allowFile: false };
  return { folder, provider: createGitProvider({ folder, policy, ...options }) };
}

const context = (signal = new AbortController().signal) => ({ signal, heartbeat: () => undefined });

async function list(
  { provider }: Pick<ReturnType<typeof createProvider>, 'provider'>,
  repository: ScmRepository,
  base: string | null,
  head: string,
) {
  const pages: CommitPage[] = [];
  for await (const page of provider.listRange(repository, { base, head }, context()))
    pages.push(page);
  const { outcome } = pages.at(-1)!;
  return { pages, outcome, commits: pages.flatMap(({ commits }) => commits) };
}

/** What a page says; the text of its cursor is nobody's business. */
const contents = ({ commits, outcome }: CommitPage) => ({ commits, outcome });

const failure = (promise: Promise<unknown>): Promise<ScmError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as ScmError,
  );

describe('resolveCommit', () => {
  it('knows tags, branches, HEAD, short and full shas, and says what it does not know', async () => {
    const source = createRepository();
    const first = source.commit('one');
    source.git('tag', '-m', 'annotated', 'v1');
    source.git('tag', 'plain');
    const second = source.commit('two');
    source.git('branch', 'feature/x');
    const { provider } = createProvider();
    const resolve = (ref: string) => provider.resolveCommit(source.repository, ref, context());
    const table: [string, string | null][] = [
      ['v1', first],
      ['plain', first],
      ['refs/tags/v1', first],
      ['HEAD', second],
      ['main', second],
      ['feature/x', second],
      ['refs/heads/main', second],
      [first, first],
      [first.toUpperCase(), first],
      [first.slice(0, 7), first],
      [source.git('rev-parse', 'v1'), first],
      ['v2', null],
      ['feature', null],
      ['deadbeef', null],
      ['0'.repeat(40), null],
      [source.git('rev-parse', 'main^{tree}'), null],
    ];
    for (const [ref, sha] of table) {
      expect([ref, await resolve(ref)]).toEqual([ref, sha === null ? { unknown: true } : { sha }]);
    }
  });

  it('lets a tag win over a branch, and both over a short sha', async () => {
    const source = createRepository();
    const first = source.commit('one');
    const second = source.commit('two');
    source.git('tag', 'twice', first);
    source.git('branch', 'twice', second);
    source.git('branch', first.slice(0, 6), second);
    const { provider } = createProvider();
    const resolve = (ref: string) => provider.resolveCommit(source.repository, ref, context());
    expect(await resolve('twice')).toEqual({ sha: first });
    expect(await resolve(first.slice(0, 6))).toEqual({ sha: second });
  });

  test.each([
    '--upload-pack=id',
    '-x',
    'a..b',
    'HEAD~1',
    'a b',
    'a:b',
    '@{u}',
    'x*',
    'a\nb',
    '',
    '.',
    'x.lock',
  ])('refuses %j, which is no name of a commit', async (ref) => {
    const source = createRepository();
    const { provider } = createProvider();
    const error = await failure(provider.resolveCommit(source.repository, ref, context()));
    expect(error.code).toBe('invalid');
  });

  it('finds a commit that is pushed late', async () => {
    const source = createRepository();
    source.commit('one');
    const side = git(source.path, ['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'late']);
    const { provider } = createProvider();
    git(root, ['clone', '-q', '--bare', `file://${source.path}`, `late${counter}.git`]);
    const late = { name: 'late', url: `${server.url}/late${counter}.git` };
    expect(await provider.resolveCommit(late, side, context())).toEqual({ unknown: true });
    const error = await failure(list({ provider }, late, null, side));
    expect([error.code, error.isRetryable]).toEqual(['unknown_commit', true]);
    expect(error.message).toBe(
      `The commit ${side} is not in late. It may not have been pushed yet.`,
    );
    source.git('push', '-q', join(root, `late${counter}.git`), `${side}:refs/heads/late`);
    expect(await provider.resolveCommit(late, side, context())).toEqual({ sha: side });
    expect((await list({ provider }, late, null, side)).commits).toHaveLength(2);
  });

  it('says that a repository is empty', async () => {
    const source = createRepository();
    const { provider } = createProvider();
    for (const ref of ['HEAD', 'main', 'a'.repeat(40)]) {
      const error = await failure(provider.resolveCommit(source.repository, ref, context()));
      expect(error.code).toBe('empty');
    }
  });
});

describe('listRange', () => {
  it('lists what the base does not reach, newest first, with files; a rename is a D and an A', async () => {
    const source = createRepository();
    const base = source.commit('one', { 'a.txt': 'a'.repeat(100), 'b.txt': 'b' });
    const second = source.commit('two\n\nFixes WEB-1\n', { 'b.txt': 'B', 'ü ✓.txt': 'c' });
    source.git('mv', 'a.txt', 'renamed.txt');
    const head = source.commit('three', { 'b.txt': null });
    const { commits, outcome } = await list(createProvider(), source.repository, base, head);
    expect(commits).toEqual([
      {
        id: head,
        repository: source.repository.name,
        author_name: 'Zoë Dev',
        author_email: 'zoe@example.com',
        message: 'three',
        timestamp: '2026-01-02T03:04:05+05:30',
        patch_set: [
          { path: 'a.txt', type: 'D' },
          { path: 'b.txt', type: 'D' },
          { path: 'renamed.txt', type: 'A' },
        ],
      },
      expect.objectContaining({
        id: second,
        message: 'two\n\nFixes WEB-1',
        patch_set: [
          { path: 'b.txt', type: 'M' },
          { path: 'ü ✓.txt', type: 'A' },
        ],
      }),
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

  it('lists at most 20 recent commits when there is no start, first commit and its files included', async () => {
    const source = createRepository();
    source.commit('first', { 'a.txt': 'a' });
    const provider = createProvider();
    const short = await list(provider, source.repository, null, 'HEAD');
    expect(short.commits).toMatchObject([{ patch_set: [{ path: 'a.txt', type: 'A' }] }]);
    for (let i = 0; i < 21; i += 1) source.commit(`more ${i}`);
    const long = await list(provider, source.repository, null, 'HEAD');
    expect(long.commits.map(({ message }) => message)).toEqual(
      Array.from({ length: 20 }, (_, i) => `more ${20 - i}`),
    );
    expect(long.outcome).toMatchObject({
      base: null,
      baseChoice: 'recent',
      baseNote: null,
      total: 20,
    });
  });

  it('shows what a merge changed for its first parent, and both sides of it', async () => {
    const source = createRepository();
    const base = source.commit('base', { a: '1' });
    source.git('checkout', '-q', '-b', 'side');
    const side = source.commit('side', { b: '1' });
    source.git('checkout', '-q', 'main');
    const main = source.commit('main', { a: '2' });
    source.git('merge', '-q', '--no-ff', '-m', 'merge', 'side');
    const { commits } = await list(createProvider(), source.repository, base, 'main');
    expect(commits[0]).toMatchObject({ message: 'merge', patch_set: [{ path: 'b', type: 'A' }] });
    expect(new Set(commits.slice(1).map(({ id }) => id))).toEqual(new Set([side, main]));
  });

  it('reads names, messages and paths in any encoding', async () => {
    const source = createRepository();
    const tree = git(source.path, ['mktree', '-z'], {
      input: Buffer.concat([
        Buffer.from(
          `100644 blob ${git(source.path, ['hash-object', '-w', '--stdin'], { input: 'x' })}\tp`,
        ),
        Buffer.from([0xe9, 0]),
      ]),
    });
    const raw = (name: number[], extra: string) =>
      git(source.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], {
        input: Buffer.concat([
          Buffer.from(`tree ${tree}\nauthor Jos`),
          Buffer.from(name),
          Buffer.from(` <j> 1700000000 -0330\ncommitter C <c> 1700000000 +0000\n${extra}\nm`),
          Buffer.from(name),
        ]),
      });
    const [undeclared, declared] = [raw([0xe9], ''), raw([0xe9], 'encoding ISO-8859-1\n')];
    const dateless = git(
      source.path,
      ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
      {
        input: `tree ${tree}\nauthor broken\ncommitter C <c> 1700000000 +0000\n\nm`,
      },
    );
    for (const sha of [undeclared, declared, dateless]) source.git('branch', `b-${sha}`, sha);
    const provider = createProvider();
    const [odd] = (await list(provider, source.repository, null, undeclared)).commits;
    expect(odd).toMatchObject({
      author_name: 'Jos\uFFFD',
      message: 'm\uFFFD',
      timestamp: '2023-11-14T18:43:20-03:30',
      patch_set: [{ path: 'p\uFFFD', type: 'A' }],
    });
    const [right] = (await list(provider, source.repository, null, declared)).commits;
    expect(right).toMatchObject({ author_name: 'José', message: 'mé' });
    const [bare] = (await list(provider, source.repository, null, dateless)).commits;
    expect(bare).toMatchObject({ author_name: null, author_email: null, timestamp: null });
  });

  it('starts where histories part when the base was force-pushed away', async () => {
    const source = createRepository();
    const root = source.commit('root');
    const old = source.commit('old');
    const provider = createProvider();
    await list(provider, source.repository, root, old);
    source.git('reset', '-q', '--hard', root);
    const head = source.commit('new');
    source.git('reflog', 'expire', '--expire=now', '--all');
    source.git('gc', '-q', '--prune=now');
    const known = await list(provider, source.repository, old, head);
    expect(known.outcome).toMatchObject({
      base: root,
      baseChoice: 'merge_base',
      listed: 1,
      total: 1,
    });
    expect(known.outcome.baseNote).toContain('is not an ancestor');
    const unknown = await list(createProvider(), source.repository, old, head);
    expect(unknown.outcome).toMatchObject({ base: null, baseChoice: 'recent', listed: 2 });
    expect(unknown.outcome.baseNote).toBe(`The start ${old} is not in the repository (any more).`);
  });

  it('takes the recent commits when the base has nothing in common with the head', async () => {
    const source = createRepository();
    source.commit('one');
    source.git('checkout', '-q', '--orphan', 'other');
    const other = source.commit('other');
    const { outcome } = await list(createProvider(), source.repository, other, 'main');
    expect(outcome).toMatchObject({ baseChoice: 'recent', listed: 1 });
    expect(outcome.baseNote).toContain('no history in common');
  });

  it('lists nothing for a range without commits: the same commit, or an older head', async () => {
    const source = createRepository();
    const first = source.commit('one');
    const second = source.commit('two');
    const provider = createProvider();
    for (const head of [first, second]) {
      const { pages, outcome } = await list(provider, source.repository, second, head);
      expect(pages).toHaveLength(1);
      expect(outcome).toMatchObject({ baseChoice: 'given', listed: 0, total: 0, limits: [] });
    }
  });

  it('tells where the history of a shallow server ends, and makes no files up there', async () => {
    const source = createRepository();
    for (let i = 0; i < 5; i += 1) source.commit(`c${i}`, { [`f${i}`]: 'x' });
    git(root, [
      'clone',
      '-q',
      '--bare',
      '--depth=3',
      `file://${source.path}`,
      `shallow${counter}.git`,
    ]);
    const shallow = { name: 'shallow', url: `${server.url}/shallow${counter}.git` };
    const { commits, outcome } = await list(createProvider(), shallow, null, 'main');
    expect(commits.map(({ patch_set }) => patch_set.length)).toEqual([1, 1, 0]);
    expect(outcome.limits).toMatchObject([{ kind: 'history', affected: null }]);
    expect(isComplete(outcome)).toBe(false);
  });

  it('cuts a range to its newest 10,000 commits, and says so', async () => {
    const source = createRepository();
    const base = source.commit('base');
    const commits = Array.from({ length: 10_010 }, (_, i) =>
      [
        'commit refs/heads/long',
        `committer C <c> ${1_800_000_000 + i} +0000`,
        `data <<.\nc${i}\n.`,
        i === 0 ? `from ${base}` : '',
      ].join('\n'),
    );
    git(source.path, ['fast-import', '--quiet'], { input: `${commits.join('\n')}\n` });
    const listed = await list(createProvider(), source.repository, base, 'long');
    expect(listed.commits.map(({ message }) => message).at(-1)).toBe('c10');
    expect(listed.outcome).toMatchObject({ listed: 10_000, total: 10_010 });
    expect(listed.outcome.limits).toMatchObject([{ kind: 'commits', affected: 10 }]);
  });

  it('goes on after the page of a cursor, in another process and without the mirror too', async () => {
    const source = createRepository();
    const base = source.commit('base');
    for (let i = 0; i < 7; i += 1) source.commit(`c${i}`);
    const first = createProvider({ pageSize: 3 });
    const range = { base, head: 'main' };
    const all = await list(first, source.repository, base, 'main');
    expect(all.pages.map(({ commits }) => commits.length)).toEqual([3, 3, 1]);
    // The branch moves on; the listing that is under way does not.
    source.commit('later');
    for (const { provider } of [first, createProvider({ pageSize: 3 })]) {
      const pages: CommitPage[] = [];
      const resumed = provider.listRange(source.repository, range, context(), all.pages[0]!.cursor);
      for await (const page of resumed) pages.push(page);
      expect(pages.map(contents)).toEqual(all.pages.slice(1).map(contents));
    }
    const others = first.provider.listRange(
      source.repository,
      { base: null, head: 'main' },
      context(),
      all.pages[0]!.cursor,
    );
    for await (const page of others) {
      expect(page.outcome.baseChoice).toBe('recent');
      break;
    }
  });

  it('reads servers that only hand out what their refs reach', async () => {
    const source = createRepository();
    const first = source.commit('one');
    source.commit('two');
    server.intercept = (request) => {
      delete request.headers['git-protocol'];
      return false;
    };
    const { provider } = createProvider();
    expect(await provider.resolveCommit(source.repository, first, context())).toEqual({
      sha: first,
    });
    expect(await provider.resolveCommit(source.repository, 'a'.repeat(40), context())).toEqual({
      unknown: true,
    });
    expect((await list({ provider }, source.repository, first, 'main')).commits).toHaveLength(1);
  });
});

describe('the mirror', () => {
  const mirrorIn = (folder: string): string =>
    join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.git'))!,
    );

  const objectTypes = (folder: string) => {
    const output = git(mirrorIn(folder), ['cat-file', '--batch-all-objects', '--batch-check']);
    return new Set(output.split('\n').map((line) => line.split(' ')[1]));
  };

  it('never holds the contents of files, and lists from what it has without asking the server', async () => {
    const source = createRepository();
    source.git('config', 'uploadpack.allowFilter', 'true');
    const base = source.commit('one', { a: 'a' });
    source.git('mv', 'a', 'b');
    const head = source.commit('two', { c: 'c' });
    const created = createProvider();
    await list(created, source.repository, base, head);
    expect(objectTypes(created.folder)).toEqual(new Set(['commit', 'tree']));
    server.requests.length = 0;
    expect((await list(created, source.repository, base, head)).commits).toHaveLength(1);
    expect(server.requests).toEqual([]);
  });

  it('fetches once for many callers at the same time', async () => {
    const source = createRepository();
    const head = source.commit('one');
    const created = createProvider();
    const lists = Array.from({ length: 8 }, () => list(created, source.repository, null, head));
    for (const { commits } of await Promise.all(lists)) expect(commits).toHaveLength(1);
    const fetches = server.requests.filter(({ method }) => method === 'POST');
    expect(fetches.length).toBeLessThanOrEqual(2);
  });

  it('is not shared between credentials, which stay out of its files and of every message', async () => {
    const source = createRepository();
    const head = source.commit('one');
    server.intercept = ({ headers }, response) => {
      const [, encoded = ''] = (headers.authorization ?? '').split(' ');
      if (Buffer.from(encoded, 'base64').toString() === 'x-access-token:s3cret') return false;
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      return true;
    };
    const created = createProvider();
    const withToken = { ...source.repository, token: 's3cret' };
    expect((await list(created, withToken, null, head)).commits).toHaveLength(1);
    for (const token of [null, 'other-s3cret']) {
      const error = await failure(list(created, { ...source.repository, token }, null, head));
      expect(error.code).toBe('unauthorized');
      expect(error.message).not.toContain('s3cret');
    }
    const files = readdirSync(created.folder, { recursive: true, encoding: 'utf8' });
    for (const file of files.map((name) => join(created.folder, name))) {
      const secrets = ['s3cret', Buffer.from('x-access-token:s3cret').toString('base64')];
      if (!statSync(file).isFile()) continue;
      for (const secret of secrets) expect(readFileSync(file, 'latin1')).not.toContain(secret);
    }
  });

  it('takes credentials from the URL', async () => {
    const source = createRepository();
    source.commit('one');
    const url = source.repository.url!.replace('http://', 'http://me:p%40ss@');
    await list(createProvider(), { ...source.repository, url }, null, 'HEAD');
    const expected = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
      new Set([expected]),
    );
  });

  it('takes over the lock of a process that died', async () => {
    const source = createRepository();
    const first = source.commit('one');
    const created = createProvider();
    await list(created, source.repository, null, first);
    const mirror = mirrorIn(created.folder);
    writeFileSync(`${mirror}.lock`, 'somebody');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${mirror}.lock`, longAgo, longAgo);
    expect(
      (await list(created, source.repository, first, source.commit('two'))).commits,
    ).toHaveLength(1);
    expect(existsSync(`${mirror}.lock`)).toBe(false);
  });

  it('gives up waiting for a lock when the caller does', async () => {
    const source = createRepository();
    const first = source.commit('one');
    const created = createProvider();
    await list(created, source.repository, null, first);
    const mirror = mirrorIn(created.folder);
    writeFileSync(`${mirror}.lock`, 'somebody');
    const signal = AbortSignal.timeout(150);
    const head = source.commit('two');
    await expect(
      created.provider.resolveCommit(source.repository, head, context(signal)),
    ).rejects.toThrow();
    await rm(`${mirror}.lock`);
    expect(await created.provider.resolveCommit(source.repository, head, context())).toEqual({
      sha: head,
    });
  });

  test.each(['HEAD', 'refs/slipway/head', 'packed-refs.lock'])(
    'is filled anew when its %s was left broken',
    async (part) => {
      const source = createRepository();
      const first = source.commit('one');
      const created = createProvider();
      await list(created, source.repository, null, first);
      const mirror = mirrorIn(created.folder);
      if (part === 'HEAD') await rm(join(mirror, 'HEAD'));
      else if (part.endsWith('.lock')) writeFileSync(join(mirror, part), '');
      else writeFileSync(join(mirror, part, first.slice(0, 2)), `${'1'.repeat(40)}\n`);
      const head = source.commit('two');
      source.git('branch', '-m', 'moved');
      expect((await list(created, source.repository, first, head)).commits).toHaveLength(1);
    },
  );

  it('is given up when it grows beyond the size that it may take', async () => {
    const source = createRepository();
    const head = source.commit('one', { a: randomBytes(30_000).toString('hex') });
    const pack = execFileSync('git', ['pack-objects', '--revs', '--stdout', '-q'], {
      cwd: source.path,
      input: 'HEAD\n',
    });
    const packet = (...parts: Buffer[]) => {
      const length = parts.reduce((sum, part) => sum + part.length, 4);
      return Buffer.concat([Buffer.from(length.toString(16).padStart(4, '0')), ...parts]);
    };
    // A download that goes on and on: the first half of a pack, then nothing.
    server.intercept = ({ method }, response) => {
      if (method !== 'POST') return false;
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      response.write(packet(Buffer.from('packfile\n')));
      response.write(packet(Buffer.from([1]), pack.subarray(0, 20_000)));
      return true;
    };
    const { provider } = createProvider({ mirrorBytesMax: 1_000 });
    const error = await failure(list({ provider }, source.repository, null, head));
    expect([error.code, error.message]).toEqual([
      'refused',
      expect.stringContaining('larger than'),
    ]);
  });

  it('goes when it was not used for longest and the folder is full', async () => {
    const created = createProvider();
    for (let i = 0; i < 3; i += 1) {
      const source = createRepository();
      await list(created, source.repository, null, source.commit('one'));
    }
    const mirrors = () => readdirSync(created.folder).filter((name) => name.endsWith('.git'));
    const [oldest] = mirrors();
    const longAgo = new Date(Date.now() - 60 * 60_000);
    utimesSync(join(created.folder, oldest!), longAgo, longAgo);
    const bytes = Number.MAX_SAFE_INTEGER;
    await pruneMirrors(created.folder, { count: 3, bytes, inUseMs: 600_000 });
    expect(mirrors()).toHaveLength(3);
    await pruneMirrors(created.folder, { count: 1, bytes, inUseMs: 600_000 });
    expect(mirrors()).toHaveLength(2);
    expect(mirrors()).not.toContain(oldest);
  });
});

describe('hosts that fail', () => {
  test.each([
    [401, 'unauthorized', false],
    [403, 'unauthorized', false],
    [404, 'not_found', false],
    [429, 'rate_limited', true],
    [500, 'transient', true],
    [503, 'transient', true],
  ])('%i is %s', async (status, code, isRetryable) => {
    const source = createRepository();
    const head = source.commit('one');
    server.intercept = (_request, response) => {
      response.writeHead(status).end();
      return true;
    };
    const created = createProvider();
    const error = await failure(list(created, source.repository, null, head));
    expect(error).toBeInstanceOf(ScmError);
    expect([error.code, error.isRetryable]).toEqual([code, isRetryable]);
    expect(error.message).toContain(source.repository.name);
    expect(error.message).toContain(head);
    expect(error.message).not.toContain('127.0.0.1');
    server.intercept = null;
    expect((await list(created, source.repository, null, head)).commits).toHaveLength(1);
  });

  it('a repository that does not exist is not found', async () => {
    const { provider } = createProvider();
    const missing = { name: 'missing', url: `${server.url}/missing.git` };
    expect((await failure(provider.resolveCommit(missing, 'HEAD', context()))).code).toBe(
      'not_found',
    );
  });

  it('a host that nobody answers at, and one that hangs, may be asked again', async () => {
    const source = createRepository();
    source.commit('one');
    const { provider } = createProvider({ fetchTimeoutMs: 200 });
    const closed = { name: 'closed', url: 'http://127.0.0.1:9/x.git' };
    expect((await failure(provider.resolveCommit(closed, 'HEAD', context()))).code).toBe(
      'transient',
    );
    const sha = source.commit('two');
    server.intercept = () => true;
    const error = await failure(provider.resolveCommit(source.repository, sha, context()));
    expect([error.code, error.message]).toEqual([
      'transient',
      expect.stringContaining('no answer in time'),
    ]);
  });

  it('stops at once when the caller gives up, and beats while it waits', async () => {
    const source = createRepository();
    source.commit('one');
    const reason = new Error('the attempt is over');
    const abort = new AbortController();
    server.intercept = () => {
      setImmediate(() => abort.abort(reason));
      return true;
    };
    const { provider } = createProvider();
    await expect(
      provider.resolveCommit(source.repository, 'main', context(abort.signal)),
    ).rejects.toBe(reason);
    // Its own git, and the helper that git started for http.
    const isRunning = () => execFileSync('ps', ['-eo', 'args']).includes(source.repository.url!);
    await vi.waitFor(() => expect(isRunning()).toBe(false), { timeout: 5_000 });
  });

  it('follows no redirect to elsewhere, but finds the .git that hosts redirect to', async () => {
    const source = createRepository();
    source.commit('one');
    const bare = `redirected${counter}`;
    git(root, ['clone', '-q', '--bare', source.path, `${bare}.git`]);
    const elsewhere = await serveGit(root);
    const { provider } = createProvider();
    server.intercept = ({ url = '' }, response) => {
      if (url.startsWith(`/${bare}.git`)) return false;
      const target = url.startsWith(`/${bare}`)
        ? `${server.url}/${bare}.git`
        : `${elsewhere.url}/${bare}.git`;
      response.writeHead(301, { location: `${target}/info/refs?service=git-upload-pack` }).end();
      return true;
    };
    const moved = { name: 'moved', url: `${server.url}/${bare}` };
    expect(await provider.resolveCommit(moved, 'HEAD', context())).toHaveProperty('sha');
    const stolen = { name: 'stolen', url: `${server.url}/other.git` };
    const error = await failure(provider.resolveCommit(stolen, 'HEAD', context()));
    expect(error.code).toBe('refused');
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});

describe('how git is told to connect', () => {
  const policy = { allowPrivate: false, allowFile: false };
  const remote = (url: string, token: string | null = null) =>
    resolveRemote({ name: 'x', url, token }, policy);

  it('over http, at the address that was checked and with the token for that origin alone', async () => {
    const { url, config, env } = await remote('https://me:pw@8.8.8.8:8443/a.git', 's3cret');
    expect([url, env]).toEqual(['https://8.8.8.8:8443/a.git', {}]);
    expect(Object.fromEntries(config)).toEqual({
      'http.curloptResolve': '8.8.8.8:8443:8.8.8.8',
      'http.https://8.8.8.8:8443/.extraHeader': `Authorization: Basic ${Buffer.from('x-access-token:s3cret').toString('base64')}`,
    });
  });

  it('over ssh, at the address that was checked, without anybody’s settings, the known host by its name', async () => {
    const { env, config } = await remote('ssh://git@8.8.4.4:2222/a.git', 's3cret');
    expect(config).toEqual([]);
    expect(env['GIT_SSH_COMMAND']).toMatch(/^ssh -F \/dev\/null -o 'BatchMode=yes' /);
    expect(env['GIT_SSH_COMMAND']).toContain("-o 'HostName=8.8.4.4'");
    expect(env['GIT_SSH_COMMAND']).toContain("-o 'HostKeyAlias=[8.8.4.4]:2222'");
    expect(JSON.stringify(env)).not.toContain('s3cret');
  });

  it('over git, at the address that was checked', async () => {
    expect((await remote('git://8.8.8.8:9419/a.git')).url).toBe('git://8.8.8.8:9419/a.git');
    expect((await remote('git://[2606:4700::1111]/a.git')).url).toBe(
      'git://[2606:4700::1111]/a.git',
    );
  });

  it('through a mirror that only the same URL and credentials share', async () => {
    const keys = await Promise.all([
      remote('https://8.8.8.8/a.git', 'one'),
      remote('https://8.8.8.8/a.git', 'one'),
      remote('https://8.8.8.8/a.git', 'two'),
      remote('https://8.8.8.8/a.git'),
      remote('https://8.8.8.8/b.git', 'one'),
    ]);
    expect(new Set(keys.map(({ mirrorKey }) => mirrorKey)).size).toBe(4);
    expect(keys[0].mirrorKey).toBe(keys[1].mirrorKey);
  });
});

describe('URLs', () => {
  test.each([
    ['ext::sh -c "touch /tmp/slipway-pwned"'],
    ['ext::sh'],
    ['file:///etc/passwd'],
    ['/etc'],
    ['ssh://-oProxyCommand=touch/x'],
    ['-oProxyCommand=touch:x'],
    ['--upload-pack=touch'],
    ['http://127.0.0.1/x.git\n[core]'],
    ['git://127.0.0.1/x%0ahost=evil'],
    ['http://169.254.169.254/latest/meta-data'],
    ['ftp://127.0.0.1/x'],
  ])('%j is refused', async (url) => {
    const { provider } = createProvider();
    const error = await failure(provider.resolveCommit({ name: 'evil', url }, 'HEAD', context()));
    expect(error.code).toBe('refused');
  });

  it('private addresses are refused unless they are allowed, and a repository needs a URL', async () => {
    const source = createRepository();
    const { provider } = createProvider({ policy: { allowPrivate: false, allowFile: false } });
    const refused = await failure(provider.resolveCommit(source.repository, 'HEAD', context()));
    expect([refused.code, server.requests]).toEqual(['refused', []]);
    const nowhere = await failure(
      provider.resolveCommit({ name: 'x', url: null }, 'HEAD', context()),
    );
    expect(nowhere.code).toBe('invalid');
  });

  it('files are read where that is allowed, without running any hook or program of the repository', async () => {
    const source = createRepository();
    const head = source.commit('one', { a: 'a', '.gitattributes': 'a diff=evil filter=evil' });
    const evidence = join(root, `evidence${counter}`);
    const script = join(source.path, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${evidence}\n`);
    await chmod(script, 0o755);
    for (const key of [
      'core.fsmonitor',
      'uploadpack.packObjectsHook',
      'diff.evil.textconv',
      'core.sshCommand',
    ]) {
      source.git('config', key, script);
    }
    const created = createProvider({ policy: { allowPrivate: false, allowFile: true } });
    for (const url of [`file://${source.path}`, source.path]) {
      const { commits } = await list(created, { name: 'local', url }, null, head);
      expect(commits).toHaveLength(1);
    }
    expect(existsSync(evidence)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  it('a name is reached at the address that was checked', async () => {
    const source = createRepository();
    source.commit('one');
    const url = source.repository.url!.replace('127.0.0.1', 'localhost');
    const { provider } = createProvider();
    expect(await provider.resolveCommit({ name: 'named', url }, 'HEAD', context())).toHaveProperty(
      'sha',
    );
  });
});
