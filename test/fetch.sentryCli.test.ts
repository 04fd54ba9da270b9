import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sentryCliProgram } from './support/cli.ts';
import { useCliWorlds, type CliWorld } from './support/cliWorld.ts';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { git, serveGit, type GitHttpServer } from './support/gitHttp.ts';
import { GitRepository } from './support/gitRepository.ts';
import { dropResyncSchedules } from './support/resyncSchedules.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/**
 * The whole story with the real program: `releases set-commits --auto` in a working copy whose remote Slipway knows. The
 * pipeline says which commit it builds and goes on; the commits come by themselves.
 */
const newWorld = useCliWorlds(sentryCliProgram('@sentry/cli'), {
  scm: { stateDir: temporaryFolder(afterAll), fetchTimes: testFetchTimes },
});
const root = temporaryFolder(afterAll);
let server: GitHttpServer;
let world: CliWorld;

beforeAll(async () => {
  server = await serveGit(root);
});
afterAll(async () => {
  await dropResyncSchedules(world.slipway.temporal.client);
  await server.close();
});

type Project = Readonly<{ copy: GitRepository; push: () => void; fetches: Fetches }>;

/** A working copy with a remote that is connected to a new organization. */
async function connect(name: string): Promise<Project> {
  world = await newWorld();
  const bare = join(root, `${name}.git`);
  mkdirSync(bare);
  git(bare, ['init', '--quiet', '--bare', '--initial-branch=main']);
  const url = `${server.url}/${name}.git`;
  const connected = await world.slipway.call(
    'POST',
    `/api/0/organizations/${world.tenant.slug}/repos/`,
    { body: { name: `acme/${name}`, provider: 'git', url }, token: world.tenant.ownerToken },
  );
  expect(connected.status, connected.text).toBe(201);
  const copy = new GitRepository({ origin: url });
  return {
    copy,
    push: () => copy.git('push', '--quiet', bare, 'main'),
    fetches: new Fetches(world.slipway, world.tenant),
  };
}

/** As pipelines do it; the program must succeed whatever the host does. */
async function setCommits(version: string, { copy }: Project): Promise<void> {
  const options = { cwd: copy.path, env: { SENTRY_PROJECT: 'web' } };
  await world.succeed(`releases new ${version}`, options);
  const { requests } = await world.succeed(`releases set-commits ${version} --auto`, options);
  expect(requests).toContain(`PUT /releases/${version}/`);
}

test('a release gets the commits of its working copy, and the next one what came since', async () => {
  const project = await connect('plain');
  const { copy, push, fetches } = project;
  const first = copy.commit({ message: 'one', write: { 'one.txt': '1' } });
  push();
  await setCommits('1.0.0', project);
  expect(await fetches.reached('1.0.0', 'complete')).toMatchObject({ head: first });
  expect(await fetches.messages('1.0.0')).toEqual(['one']);

  copy.commit({ message: 'two\n\nwith a body', author: 'Ana', email: 'ana@acme.test' });
  const third = copy.commit({ message: 'three', rename: { 'one.txt': 'two.txt' } });
  push();
  await setCommits('1.1.0', project);
  expect(await fetches.reached('1.1.0', 'complete')).toMatchObject({
    base: { sha: first, source: 'previous_release' },
    commits: { fetched: 2, total: 2 },
  });
  expect(await fetches.messages('1.1.0')).toEqual(['three', 'two\n\nwith a body']);
  const release = await world.release('1.1.0');
  expect(release).toMatchObject({
    commitCount: 2,
    lastCommit: { id: third },
    slipway: { sync: { state: 'complete' } },
  });
  expect(release.authors.map(({ email }: any) => email).toSorted()).toEqual([
    'ana@acme.test',
    'zoe@acme.test',
  ]);
  const files = await world.get('/releases/1.1.0/commitfiles/');
  expect(files.body.map(({ type, filename }: any) => `${type} ${filename}`)).toEqual([
    'A a.txt',
    'D one.txt',
    'A two.txt',
  ]);
});

test('also when the host is down for the first tries, the worker dies in between and the push comes late', async () => {
  const project = await connect('stormy');
  const { copy, push, fetches } = project;
  copy.commit({ message: 'base' });
  push();
  await setCommits('2.0.0', project);
  await fetches.reached('2.0.0', 'complete');

  copy.commit({ message: 'not pushed yet' });
  copy.commit({ message: 'neither is this' });
  let failures = 3;
  server.intercept = (_request, response) => {
    if (failures === 0) return false;
    failures -= 1;
    response.writeHead(503).end();
    return true;
  };
  await setCommits('2.1.0', project);
  const failing = await fetches.until('2.1.0', ({ nextTry }) => nextTry !== null);
  expect(failing).toMatchObject({
    state: 'fetching',
    lastError: expect.stringMatching(/acme\/stormy.*asked again/),
  });
  await world.slipway.stopWorker();
  await world.slipway.startWorker();
  await fetches.reached('2.1.0', 'waiting_for_push');
  expect(failures).toBe(0);

  push();
  expect(await fetches.reached('2.1.0', 'complete')).toMatchObject({
    base: { source: 'previous_release' },
    commits: { fetched: 2, total: 2 },
    lastError: null,
  });
  expect(await fetches.messages('2.1.0')).toEqual(['neither is this', 'not pushed yet']);
});
