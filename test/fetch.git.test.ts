import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { serveGit, type GitHttpServer } from './support/gitHttp.ts';
import { GitRepository } from './support/gitRepository.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/**
 * Scenarios of a fetch, from refs to commits, against a real repository over HTTP:
 * - the first release gets the recent commits, the next one what came since, also without waiting for the first
 * - a range that was fetched before is answered from the database
 * - the host fails three times, then answers; a host that refuses ends with its reason
 * - the push comes late
 * - the worker dies between two attempts
 * - an operator retries, sets the base, gives up
 * - a base that was force-pushed away is said to be gone
 */
const stateDir = temporaryFolder(afterAll);
const slipway = useSlipway({ scm: { stateDir, fetchTimes: testFetchTimes } });
const fetches = new Fetches(slipway);
const repository = new GitRepository({}, temporaryFolder(afterAll));
const releases = '/api/0/organizations/acme/releases/';
let server: GitHttpServer;

beforeAll(async () => {
  server = await serveGit(join(repository.path, '..'));
  await fetches.addRepository(
    'acme/web',
    `${server.url}/${repository.path.split('/').at(-1)}/.git`,
  );
});

afterAll(() => server.close());

/** The host answers this many requests with 503 before git answers again. */
function failRequests(count: number): void {
  let left = count;
  server.intercept = (_request, response) => {
    if (left === 0) return false;
    left -= 1;
    response.statusCode = 503;
    response.end();
    return true;
  };
}

describe('a range', () => {
  test('starts with the recent commits for the first release and at its head for the next', async () => {
    repository.commit({ message: 'one' });
    const first = repository.commit({ message: 'two' });
    await fetches.createRelease('1.0', { commit: first });
    expect(await fetches.reached('1.0', 'complete')).toMatchObject({
      base: { source: 'none', choice: 'recent' },
      completeness: 'complete',
    });
    expect(await fetches.messages('1.0')).toEqual(['two', 'one']);

    const second = repository.commit({ message: 'three' });
    await fetches.createRelease('1.1', { commit: second });
    expect(await fetches.reached('1.1', 'complete')).toMatchObject({
      base: { sha: first, source: 'previous_release', choice: 'given' },
      commits: { fetched: 1, total: 1 },
    });
    expect(await fetches.messages('1.1')).toEqual(['three']);
    const { body } = await slipway.call('GET', `${releases}1.1/`);
    expect(body).toMatchObject({ commitCount: 1, slipway: { sync: { state: 'complete' } } });
  });

  test('that was fetched before is answered from the database', async () => {
    const [base, head] = [
      repository.commit({ message: 'base' }),
      repository.commit({ message: 'head' }),
    ];
    await fetches.createRelease('2.0', { commit: head, previousCommit: base });
    await fetches.reached('2.0', 'complete');
    const rows = async (): Promise<number> =>
      (await slipway.pool.query('select from commit_range where head = $1', [head])).rowCount ?? 0;
    expect(await rows()).toBe(1);
    await fetches.createRelease('2.0-again', { commit: head, previousCommit: base }, 'api');
    await fetches.reached('2.0-again', 'complete');
    expect(await rows()).toBe(1);
    expect(await fetches.messages('2.0-again')).toEqual(['head']);
  });

  test('whose base is in no history any more begins elsewhere, and says so', async () => {
    const head = repository.commit({ message: 'after the force push' });
    await fetches.createRelease('2.1', { commit: head, previousCommit: 'c0ffee'.padEnd(40, '0') });
    const sync = await fetches.reached('2.1', 'complete', 'partial');
    expect(sync.base).toMatchObject({ source: 'client', choice: 'recent' });
    expect(sync.base.note).toMatch(/c0ffee/);
  });
});

describe('a host', () => {
  test('that fails three times is asked again, with the reason and the next try to be seen', async () => {
    const previousCommit = repository.head;
    const head = repository.commit({ message: 'through the storm' });
    failRequests(3);
    await fetches.createRelease('3.0', { commit: head, previousCommit });
    const failing = await vi.waitUntil(async () => {
      const sync = await fetches.sync('3.0');
      return sync.nextTry === null ? null : sync;
    });
    expect(failing).toMatchObject({
      state: 'fetching',
      lastError: expect.stringContaining('acme/web'),
    });
    const sync = await fetches.reached('3.0', 'complete');
    expect(sync.attempt).toBeGreaterThanOrEqual(3);
    expect(await fetches.messages('3.0')).toEqual(['through the storm']);
  });

  test('that has no such repository ends the fetch with a reason, and an operator can retry', async () => {
    await fetches.addRepository('acme/moved', `${server.url}/nowhere.git`);
    const head = repository.commit({ message: 'elsewhere' });
    await fetches.createRelease('3.1', { commit: head, repository: 'acme/moved' });
    expect(await fetches.reached('3.1', 'failed')).toMatchObject({
      lastError: expect.stringContaining('acme/moved'),
      completeness: 'unknown',
    });
    await slipway.pool.query('update repository set url = $1 where name = $2', [
      `${server.url}/${repository.path.split('/').at(-1)}/.git`,
      'acme/moved',
    ]);
    const retried = await slipway.call('POST', fetches.path('3.1'), {
      body: { action: 'retry', repository: 'acme/moved' },
    });
    expect(retried.status, retried.text).toBe(200);
    await fetches.reached('3.1', 'complete');
    expect(await fetches.messages('3.1')).toContain('elsewhere');
  });
});

describe('a push', () => {
  test('that comes after the release is waited for', async () => {
    const other = new GitRepository({ origin: repository.path });
    other.git('pull', '--quiet', 'origin', 'main');
    const base = other.head;
    const late = other.commit({ message: 'pushed late' });
    await fetches.createRelease('4.0', { commit: late, previousCommit: base });
    expect(await fetches.reached('4.0', 'waiting_for_push')).toMatchObject({
      waitUntil: expect.any(String),
    });
    repository.git('config', 'receive.denyCurrentBranch', 'ignore');
    other.git('push', '--quiet', 'origin', 'main');
    repository.git('reset', '--quiet', '--hard');
    await fetches.reached('4.0', 'complete');
    expect(await fetches.messages('4.0')).toEqual(['pushed late']);
  });
});

describe('a worker', () => {
  test('that dies while the host is failing leaves the fetch to the next one', async () => {
    const previousCommit = repository.head;
    const head = repository.commit({ message: 'survivor' });
    failRequests(2);
    await fetches.createRelease('5.0', { commit: head, previousCommit });
    await vi.waitUntil(async () => (await fetches.sync('5.0')).nextTry !== null);
    await slipway.stopWorker();
    await slipway.startWorker();
    await fetches.reached('5.0', 'complete');
    expect(await fetches.messages('5.0')).toEqual(['survivor']);
  });
});

describe('an operator', () => {
  test('sets the base, and the release gets that range', async () => {
    const [base, middle, head] = ['x', 'y', 'z'].map((message) => repository.commit({ message }));
    await fetches.createRelease('6.0', { commit: head!, previousCommit: middle! });
    await fetches.reached('6.0', 'complete');
    expect(await fetches.messages('6.0')).toEqual(['z']);
    const changed = await slipway.call('POST', fetches.path('6.0'), {
      body: { action: 'setBase', repository: 'acme/web', base },
    });
    expect(changed.status, changed.text).toBe(200);
    expect(await fetches.reached('6.0', 'complete')).toMatchObject({
      base: { sha: base, source: 'operator' },
    });
    expect(await fetches.messages('6.0')).toEqual(['z', 'y']);
  });

  test('gives up, and nothing fetches it again', async () => {
    await fetches.createRelease('6.1', { commit: 'd'.repeat(40) });
    await fetches.reached('6.1', 'waiting_for_push');
    const changed = await slipway.call('POST', fetches.path('6.1'), {
      body: { action: 'giveUp', repository: 'acme/web' },
    });
    expect(changed.body.state).toBe('given_up');
    expect((await fetches.sync('6.1')).state).toBe('given_up');
  });

  test.each([
    [
      { action: 'dance', repository: 'acme/web' },
      { action: [expect.stringContaining('Unknown action')] },
    ],
    [
      { action: 'retry', repository: 'nope' },
      { repository: [expect.stringContaining('no fetch of nope')] },
    ],
    [{ action: 'setBase', repository: 'acme/web' }, { base: ['This field is required.'] }],
  ])('is told what is wrong with %o', async (body, error) => {
    const answer = await slipway.call('POST', fetches.path('6.1'), { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(error);
  });
});
