import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { startFakeGitHub } from './support/fakeGitHub.ts';
import { Fetches } from './support/fetches.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/** The worker that fetches commits is a process here, because it is killed. */
const slipway = useSlipway();
const fetches = new Fetches(slipway);
const stateDir = temporaryFolder(afterAll);
const fixture = fileURLToPath(new URL('fixtures/scmWorker.ts', import.meta.url));
const workers: ChildProcess[] = [];

afterAll(() => {
  for (const worker of workers) worker.kill('SIGKILL');
});

async function startScmWorker(): Promise<ChildProcess> {
  const { address, namespace } = slipway.temporal;
  const { connectionString } = (slipway.pool as any).options as { connectionString: string };
  const worker = spawn(
    process.execPath,
    [fixture, connectionString, address, namespace, stateDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  workers.push(worker);
  const exited = once(worker, 'exit').then(() => null);
  const polls = await Promise.race([once(worker.stdout, 'data'), exited]);
  expect(polls, 'the worker did not start').not.toBeNull();
  return worker;
}

test('a worker killed in the middle of a range leaves the rest to the next one, which asks for nothing twice', async () => {
  const github = await startFakeGitHub();
  await fetches.addRepository('acme/web', `${github.url}/acme/web`, 'github');
  const base = github.history.commit('base');
  const shas = Array.from({ length: 300 }, (_, i) => github.history.commit(`${i}`, { files: [] }));
  const pages = (): string[] =>
    github.requests.flatMap(({ url }) => /\/compare\/.*[?&]page=(\d)/.exec(url)?.[1] ?? []);
  github.fail(/compare.*[?&]page=2/, 'hang', 1);

  const worker = await startScmWorker();
  await fetches.createRelease('1.0', { commit: shas.at(-1)!, previousCommit: base });
  await vi.waitUntil(() => pages().includes('2'), { timeout: 20_000 });
  worker.kill('SIGKILL');
  await startScmWorker();
  // Twenty seconds without a heartbeat are the sign of a dead worker.
  const sync = await fetches.until('1.0', ({ state }) => state === 'complete', 60_000);
  expect(sync).toMatchObject({ commits: { fetched: 300, total: 300 }, attempt: 2 });
  // Page 1 was asked for its total, then for its commits: they are the oldest ones.
  expect(pages()).toEqual(['1', '3', '2', '2', '1']);
  const { rows } = await slipway.pool.query(
    'select count(*)::int as links, count(distinct commit_id)::int as commits from release_commit',
  );
  expect(rows).toEqual([{ links: 300, commits: 300 }]);
  await github.close();
}, 120_000);
