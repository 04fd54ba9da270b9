import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startFakeGitHub, type FakeGitHub } from './support/fakeGitHub.ts';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { dropResyncSchedules, resyncRepositoryIds } from './support/resyncSchedules.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/**
 * Scenarios of the re-sync of repositories:
 * - each repository that can be fetched from has a schedule, the others have none
 * - a pass over them repeats harmlessly, keeps an operator's pause, brings an old rhythm up to date
 * - a failed fetch says when it is tried again, and the schedule heals it
 * - partial fetches come again in their time; given up ones do not; forgotten ones do
 */
const slipway = useSlipway({
  scm: { stateDir: temporaryFolder(afterAll), fetchTimes: testFetchTimes },
});
const fetches = new Fetches(slipway);
let github: FakeGitHub;
let repositoryId: string;

beforeAll(async () => {
  await dropResyncSchedules(slipway.temporal.client);
  github = await startFakeGitHub();
  repositoryId = await fetches.addRepository('acme/web', `${github.url}/acme/web`, 'github');
});
beforeEach(() => github.reset());
afterAll(async () => {
  await dropResyncSchedules(slipway.temporal.client);
  await github.close();
});

const scheduled = (): Promise<string[]> => resyncRepositoryIds(slipway.temporal.client);

const scheduleOf = (id: string) => slipway.temporal.client.schedule.getHandle(`resync:${id}`);

/** One pass, as its schedule starts it. */
function scheduleResyncs(): Promise<void> {
  return slipway.temporal.client.workflow.execute('scheduleResyncs', {
    workflowId: 'schedule-resyncs',
    taskQueue: 'release',
    args: [],
  });
}

describe('schedules', () => {
  test('stand for each repository that commits can be fetched from, as long as they can', async () => {
    await fetches.addRepository('named-by-commits', null, null);
    await fetches.addRepository('acme/elsewhere', 'https://bitbucket.org/acme/x', 'bitbucket');
    const plain = await fetches.addRepository('acme/plain', 'https://git.test/plain.git');
    await scheduleResyncs();
    await vi.waitFor(async () => expect(await scheduled()).toEqual([repositoryId, plain].sort()));
    expect(await scheduleOf(plain).describe()).toMatchObject({
      spec: { intervals: [{ every: 900_000 }], jitter: 120_000 },
      policies: { overlap: 'SKIP' },
      action: { workflowType: 'resync', taskQueue: 'scm', args: [{ repositoryId: plain }] },
    });

    await slipway.pool.query(`update repository set status = 'disabled' where id = $1`, [plain]);
    await scheduleResyncs();
    await vi.waitFor(async () => expect(await scheduled()).toEqual([repositoryId]));
  });

  test('keep the pause of an operator, and get a new rhythm under it', async () => {
    const handle = scheduleOf(repositoryId);
    await handle.pause('the host is being moved');
    await scheduleResyncs();
    expect((await handle.describe()).state).toMatchObject({
      paused: true,
      note: 'the host is being moved',
    });
    await handle.update((previous) => ({
      ...previous,
      spec: { intervals: [{ every: 3_600_000 }] },
    }));
    await vi.waitFor(async () => {
      await scheduleResyncs();
      const { spec, state } = await handle.describe();
      expect({ every: spec.intervals?.[0]?.every, paused: state.paused }).toEqual({
        every: 900_000,
        paused: true,
      });
    });
    await handle.unpause();
  });
});

describe('a failed fetch', () => {
  test('says when it is tried again, and is healed by the schedule', async () => {
    github.history.commit('one');
    const head = github.history.commit('two');
    github.fail(/./, { status: 401, body: { message: 'Bad credentials' } });
    await fetches.createRelease('1.0', { commit: head });
    const failed = await fetches.reached('1.0', 'failed');
    expect(failed.lastError).toMatch(/refused access.*token/);
    const waitMs = Date.parse(failed.nextTry) - Date.now();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(17 * 60_000);

    github.reset();
    await scheduleOf(repositoryId).trigger();
    expect(await fetches.reached('1.0', 'complete')).toMatchObject({
      lastError: null,
      nextTry: null,
    });
    expect(await fetches.messages('1.0')).toEqual(['two', 'one']);
  });

  test('that was given up stays so', async () => {
    await fetches.createRelease('1.1', { commit: 'e'.repeat(40) });
    await fetches.reached('1.1', 'waiting_for_push');
    await slipway.call('POST', fetches.path('1.1'), {
      body: { action: 'giveUp', repository: 'acme/web' },
    });
    expect(await resync()).toEqual({ restarted: 0 });
    expect(await fetches.sync('1.1')).toMatchObject({ state: 'given_up', nextTry: null });
  });
});

describe('a partial fetch', () => {
  test('is taken up again after a day, not with every pass', async () => {
    const base = github.history.commit('base');
    const paths = Array.from({ length: 3_001 }, (_, index) => `file${index}`);
    const files = paths.map((path) => ({ path, status: 'added' as const }));
    const head = github.history.commit('too many files', { files });
    await fetches.createRelease('2.0', { commit: head, previousCommit: base });
    const partial = await fetches.reached('2.0', 'partial');
    expect(partial.limits).toEqual([expect.objectContaining({ kind: 'files', affected: 1 })]);
    expect(Date.parse(partial.nextTry) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(await resync()).toEqual({ restarted: 0 });

    await slipway.pool.query(`update release_sync set next_try_at = now() where state = 'partial'`);
    github.reset();
    expect(await resync()).toEqual({ restarted: 1 });
    await fetches.reached('2.0', 'partial');
    expect(github.requests.some(({ url }) => url.includes('/compare/'))).toBe(true);
    expect(await fetches.messages('2.0')).toEqual(['too many files']);
  });
});

describe('a forgotten fetch', () => {
  test('is taken up again when nobody has touched it for hours', async () => {
    const head = github.history.commit('forgotten');
    await fetches.createRelease('3.0', { commit: head });
    await fetches.reached('3.0', 'complete');
    // As after the loss of the Temporal server's data.
    await slipway.pool.query(
      `update release_sync set state = 'fetching', date_updated = now() - interval '3 hours' where head = $1`,
      [head],
    );
    expect(await resync()).toEqual({ restarted: 1 });
    await fetches.reached('3.0', 'complete');
  });
});

/** One pass, without its schedule. */
function resync(): Promise<{ restarted: number }> {
  return slipway.temporal.client.workflow.execute('resync', {
    workflowId: `resync:${repositoryId}:test`,
    taskQueue: 'scm',
    args: [{ repositoryId }],
  });
}
