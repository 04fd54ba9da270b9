import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeGitHub, type FakeGitHub } from './support/fakeGitHub.ts';
import { startFakeGitLab, type FakeGitLab } from './support/fakeGitLab.ts';
import { FakeHistory } from './support/fakeHistory.ts';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { dropResyncSchedules } from './support/resyncSchedules.ts';
import type { Failure } from './support/scriptedServer.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/**
 * Everything that a host can do to a fetch, through the whole path from refs to the commits of the release. Each ends
 * complete, or partial, waiting or failed with its reason and the time of the next try.
 */
const slipway = useSlipway({
  scm: { stateDir: temporaryFolder(afterAll), fetchTimes: testFetchTimes, requestTimeoutMs: 400 },
});
const fetches = new Fetches(slipway);
let github: FakeGitHub;
let gitlab: FakeGitLab;

beforeAll(async () => {
  [github, gitlab] = await Promise.all([startFakeGitHub(), startFakeGitLab()]);
  await connect('acme/web', 'github', github.url);
  await connect('acme/lab', 'gitlab', gitlab.url, `${gitlab.url}/api/v4`);
});
beforeEach(() => {
  github.reset();
  github.history = new FakeHistory();
  github.history.commit(`start of ${expect.getState().currentTestName}`);
});
afterAll(async () => {
  await dropResyncSchedules(slipway.temporal.client);
  await Promise.all([github.close(), gitlab.close()]);
});

/** As an operator does it: the token is stored encrypted, and read by the worker. */
async function connect(
  name: string,
  provider: string,
  host: string,
  apiUrl = `${host}/api/v3`,
): Promise<void> {
  const body = { name, provider, url: `${host}/acme/web`, apiUrl, token: `token of ${provider}` };
  const answer = await slipway.call('POST', '/api/0/organizations/acme/repos/', {
    body: { ...body, token: body.token.replaceAll(' ', '-') },
  });
  expect(answer.status, answer.text).toBe(201);
}

/** The numbers of the pages of comparisons that the host had to tell, in order. */
const pages = (): string[] =>
  github.requests
    .filter(({ url, status }) => url.includes('/compare/') && status !== 304)
    .map(({ url }) => new URL(url, 'http://x').searchParams.get('page') ?? '');

const limited = { status: 403, headers: { 'retry-after': '1' }, body: { message: 'slow down' } };

describe('a failure that passes', () => {
  test.each<[string, Failure, RegExp]>([
    ['500', { status: 500 }, /did not answer properly.*HTTP 500/],
    ['429', { status: 429, headers: { 'retry-after': '1' } }, /limits how often.*pause of 1 s/],
    ['403 with a rate limit', limited, /limits how often.*pause of 1 s/],
    ['truncated JSON', 'truncate', /cut off/],
    ['a broken connection', 'reset', /did not answer properly/],
    ['no answer at all', 'hang', /no answer in time/],
  ])('%s is seen with the next try, and the commits come', async (title, failure, reason) => {
    const version = `passes-${title.replaceAll(' ', '-')}`;
    const base = github.history.refs.get('HEAD')!;
    const head = github.history.commit(`after ${title}`);
    // A connection that breaks may have been an old one: it is tried once more at once.
    github.fail(/./, failure, failure === 'reset' ? 2 : 1);
    await fetches.createRelease(version, { commit: head, previousCommit: base });
    const failing = await fetches.until(
      version,
      ({ nextTry, state }) => nextTry !== null && state === 'fetching',
    );
    expect(failing.lastError).toMatch(reason);
    expect(Date.parse(failing.nextTry) - Date.parse(failing.updatedAt)).toBeGreaterThan(500);
    expect(await fetches.reached(version, 'complete')).toMatchObject({
      attempt: 2,
      lastError: null,
      nextTry: null,
      completeness: 'complete',
    });
    expect(await fetches.messages(version)).toEqual([`after ${title}`]);
  });
});

describe('a failure that somebody must mend', () => {
  test.each<[string, Failure, RegExp]>([
    ['401', { status: 401 }, /refused access.*HTTP 401.*token/],
    ['403', { status: 403 }, /refused access.*HTTP 403.*token/],
    ['404', { status: 404 }, /was not found.*moved or deleted/],
    ['a redirect elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /./],
  ])(
    '%s ends the fetch with its reason and the time of the next pass',
    async (title, failure, reason) => {
      const version = `fails-${title.replaceAll(' ', '-')}`;
      const head = github.history.commit(`never after ${title}`);
      github.fail(/./, failure);
      await fetches.createRelease(version, { commit: head });
      const failed = await fetches.reached(version, 'failed');
      expect(failed.lastError).toMatch(reason);
      expect(failed.lastError).not.toContain('token-of-github');
      expect(Date.parse(failed.nextTry)).toBeGreaterThan(Date.now());
      expect(await fetches.messages(version)).toEqual([]);
    },
  );

  test('a token that was stored under another secret is said to be unreadable', async () => {
    const where = `where name = 'acme/web'`;
    const { rows } = await slipway.pool.query(`select token_encrypted from repository ${where}`);
    const other = Buffer.from(rows[0].token_encrypted as Buffer).fill(7, 0, 12);
    await slipway.pool.query(`update repository set token_encrypted = $1 ${where}`, [other]);
    await fetches.createRelease('unreadable', { commit: github.history.commit('sealed') });
    expect((await fetches.reached('unreadable', 'failed')).lastError).toMatch(
      /another SLIPWAY_SECRET/,
    );
    expect(github.requests).toEqual([]);
    await slipway.pool.query(`update repository set token_encrypted = $1 ${where}`, [
      rows[0].token_encrypted,
    ]);
  });
});

describe('a commit that is not there', () => {
  test.each<[string, Failure, RegExp]>([
    ['409, an empty repository', { status: 409 }, /no commits yet/],
    ['422, an unknown commit', { status: 422 }, /is not in acme\/web yet/],
  ])('%s is waited for', async (title, failure, reason) => {
    const version = `waits-${title.slice(0, 3)}`;
    const base = github.history.refs.get('HEAD')!;
    const head = github.history.commit(title);
    github.fail(/./, failure);
    await fetches.createRelease(version, { commit: head, previousCommit: base });
    const waiting = await fetches.reached(version, 'waiting_for_push');
    expect(waiting.lastError).toMatch(reason);
    expect(Date.parse(waiting.waitUntil)).toBeGreaterThan(Date.now());
    github.reset();
    await fetches.reached(version, 'complete');
    expect(await fetches.messages(version)).toEqual([title]);
  });
});

describe('a range', () => {
  test('of 300 commits whose second page fails twice goes on where it stood', async () => {
    const base = github.history.refs.get('HEAD')!;
    const wanted = Array.from({ length: 300 }, (_, index) => `change ${index}`);
    const shas = wanted.map((message) => github.history.commit(message, { files: [] }));
    github.fail(/compare.*[?&]page=2/, { status: 502 }, 2);
    await fetches.createRelease('long', { commit: shas.at(-1)!, previousCommit: base });
    expect(await fetches.reached('long', 'complete')).toMatchObject({
      commits: { fetched: 300, total: 300 },
      attempt: 3,
    });
    // The first one tells how many there are, and is remembered; the newest commits are on the last page.
    expect(pages()).toEqual(['1', '3', '2', '2', '2']);
    const list = '/api/0/organizations/acme/releases/long/commits/?per_page=100';
    const seen: string[] = [];
    for (const cursor of ['', '&cursor=100:0:0', '&cursor=200:0:0']) {
      seen.push(...(await slipway.call('GET', list + cursor)).body.map((c: any) => c.message));
    }
    expect(seen).toEqual(wanted.toReversed());
  });

  test('whose base was force-pushed away starts where old and new part', async () => {
    const fork = github.history.commit('fork');
    const old = github.history.commit('old');
    const head = github.history.commit('new', { parents: [fork] });
    await fetches.createRelease('forced', { commit: head, previousCommit: old });
    expect(await fetches.reached('forced', 'complete')).toMatchObject({
      base: {
        sha: fork,
        source: 'client',
        choice: 'merge_base',
        note: expect.stringMatching(/part/),
      },
    });
    expect(await fetches.messages('forced')).toEqual(['new']);
  });

  test('with more files than a host tells is partial, with the reason', async () => {
    const base = github.history.refs.get('HEAD')!;
    const files = Array.from({ length: 3_001 }, (_, index) => ({
      path: `file${index}`,
      status: 'added' as const,
    }));
    const head = github.history.commit('a mass rename', { files });
    await fetches.createRelease('partial', { commit: head, previousCommit: base });
    expect(await fetches.reached('partial', 'partial')).toMatchObject({
      completeness: 'partial',
      limits: [{ kind: 'files', affected: 1, reason: expect.stringMatching(/3,000/) }],
      nextTry: expect.any(String),
    });
    expect(await fetches.messages('partial')).toEqual(['a mass rename']);
  });

  test('that two refs of one request ask for is fetched once', async () => {
    const base = github.history.refs.get('HEAD')!;
    const ref = { commit: github.history.commit('once'), previousCommit: base };
    await fetches.createRelease('twice', [ref, { ...ref, previousCommit: '0'.repeat(40) }, ref]);
    await fetches.reached('twice', 'complete');
    expect(pages()).toEqual(['1']);
    expect(await fetches.messages('twice')).toEqual(['once']);
  });

  test('that a later request replaces is not fetched for the earlier one any more', async () => {
    const base = github.history.refs.get('HEAD')!;
    const unknown = 'f'.repeat(40);
    await fetches.createRelease('replaced', { commit: unknown, previousCommit: base });
    await fetches.reached('replaced', 'waiting_for_push');
    const head = github.history.commit('the right one');
    await slipway.call('PUT', '/api/0/organizations/acme/releases/replaced/', {
      body: { refs: [{ repository: 'acme/web', commit: head, previousCommit: base }] },
    });
    expect(await fetches.reached('replaced', 'complete')).toMatchObject({ head });
    const asked = github.requests.length;
    await expect.poll(() => running('replaced'), { timeout: 10_000 }).toEqual(0);
    expect(
      github.requests.slice(asked).filter(({ url }) => url.includes(unknown)).length,
    ).toBeLessThan(3);
  });
});

describe('GitLab', () => {
  test('hands out a range in pages, with files and the token', async () => {
    const base = gitlab.history.commit('base');
    const shas = ['first', 'second', 'third'].map((message) => gitlab.history.commit(message));
    await fetches.createRelease('lab', {
      repository: 'acme/lab',
      commit: shas.at(-1)!,
      previousCommit: base,
    });
    expect(await fetches.reached('lab', 'complete')).toMatchObject({
      repository: { name: 'acme/lab' },
      base: { sha: base, source: 'client', choice: 'given' },
    });
    expect(await fetches.messages('lab')).toEqual(['third', 'second', 'first']);
    const tokens = new Set(gitlab.requests.map(({ headers }) => headers.authorization));
    expect([...tokens]).toEqual(['Bearer token-of-gitlab']);
    const files = await slipway.call('GET', '/api/0/organizations/acme/releases/lab/commitfiles/');
    expect(files.body).toHaveLength(3);
  });
});

/** How many fetches of a release are under way. */
async function running(version: string): Promise<number> {
  const { count } = await slipway.temporal.client.workflow.count(
    `WorkflowType = 'fetchCommits' and ExecutionStatus = 'Running' and SlipwayRelease = '${version}'`,
  );
  return count;
}
