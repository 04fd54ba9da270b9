import { expect } from 'vitest';
import { GitRepository } from '../gitRepository.ts';
import { forMajor, type Scenario, type SentryCliMajor } from './scenario.ts';
import type { WorldRun, CliWorld } from '../cliWorld.ts';

const REMOTE = 'git@git.acme.test:Acme/Web.git';
const REPOSITORY_URL = 'https://git.acme.test/acme/web';
const RELEASE = 'releases set-commits 1.0.0';

const web = { SENTRY_PROJECT: 'web' };
const refsRequests = {
  v2: ['GET /repos/?cursor=', 'POST /projects/web/releases/', 'PUT /releases/1.0.0/'],
  v3: ['GET /repos/?cursor=', 'POST /releases/', 'PUT /releases/1.0.0/'],
};

/** A working copy with `count` commits. */
function workingCopy(count = 3): { repository: GitRepository; shas: string[] } {
  const repository = new GitRepository({ origin: REMOTE });
  return { repository, shas: repository.commits(count) };
}

function knowRepository(world: CliWorld): Promise<void> {
  return world.addRepository('acme/web', REPOSITORY_URL, 'git');
}

function expectRefsMode(run: WorldRun, major: SentryCliMajor): void {
  expect(run.requests).toEqual(forMajor(refsRequests, major));
}

/** Flags that all end in the commits of the working copy, because the organization knows no repository. */
const inEmptyOrganization: readonly Scenario[] = [
  '--auto',
  '--local',
  '--clear',
  '--commit acme/web@a..b',
  '--ignore-missing',
].map((flag) => ({
  title: `no repository known: ${flag} sends the commits of the working copy, newest first`,
  tell: async (world) => {
    const { repository, shas } = workingCopy();
    const run = await world.succeed(`${RELEASE} ${flag}`, { cwd: repository.path, env: web });
    expect(run.output).toContain('Success! Set commits for release 1.0.0');
    expect(await world.commitIds('1.0.0')).toEqual(shas.toReversed());
    expect(await world.heads('1.0.0')).toEqual([`origin@${shas[2]}`]);
  },
}));

/** clients 3.5. */
export const commitScenarios: readonly Scenario[] = [
  ...inEmptyOrganization,
  {
    title: 'commits arrive with message, author, date, files and renames as git has them',
    tell: async (world) => {
      const repository = new GitRepository({ origin: REMOTE });
      repository.commit({ write: { 'a.txt': 'a', 'ü/größe.txt': 'b' } });
      const sha = repository.commit({
        message: 'Größe ändern 🚢\n\nIn zwei Absätzen.',
        author: 'Łukasz Ünal 山田',
        email: 'Lukasz@Acme.test',
        date: '2026-01-02T03:25:00+05:30',
        rename: { 'a.txt': 'b/c.txt' },
      });
      await world.succeed(`${RELEASE} --local`, { cwd: repository.path, env: web });
      const [newest] = await world.commits('1.0.0');
      expect(newest).toMatchObject({
        id: sha,
        message: expect.stringMatching(/^Größe ändern 🚢\n\nIn zwei Absätzen\./),
        dateCreated: '2026-01-01T21:55:00.000000Z',
        author: { name: 'Łukasz Ünal 山田', email: 'lukasz@acme.test' },
        repository: { name: 'origin', provider: { id: 'unknown' } },
      });
      const files = await world.get('/releases/1.0.0/commitfiles/');
      const changes = files.body.map((file: any) => `${file.type} ${file.filename}`);
      // Git shows a rename as the end of one file and the start of another.
      expect(changes.toSorted()).toEqual(['A a.txt', 'A b/c.txt', 'A ü/größe.txt', 'D a.txt']);
    },
  },
  {
    title: 'commits without a message, an e-mail or files, and a merge',
    tell: async (world) => {
      const repository = new GitRepository({ origin: REMOTE });
      const first = repository.commit({ write: { 'a.txt': 'a' } });
      repository.git('checkout', '--quiet', '-b', 'topic');
      const silent = repository.commit({ message: '', email: '', write: {} });
      repository.git('checkout', '--quiet', 'main');
      const main = repository.commit({ write: { 'b.txt': 'b' } });
      const merge = repository.merge('topic');
      await world.succeed(`${RELEASE} --local`, { cwd: repository.path, env: web });
      expect(await world.commitIds('1.0.0')).toEqual([merge, main, silent, first]);
      expect((await world.commits('1.0.0'))[2]).toMatchObject({ id: silent, message: '' });
    },
  },
  {
    title: 'commits are in the order of their author dates, not of the history',
    tell: async (world) => {
      const repository = new GitRepository({ origin: REMOTE });
      const late = repository.commit({ date: '2026-01-02T00:00:00Z' });
      const early = repository.commit({ date: '2026-01-01T00:00:00Z' });
      await world.succeed(`${RELEASE} --local`, { cwd: repository.path, env: web });
      expect(await world.commitIds('1.0.0')).toEqual([late, early]);
      expect(await world.release('1.0.0')).toMatchObject({ lastCommit: { id: late } });
    },
  },
  {
    title: 'a thousand commits in one request',
    tell: async (world) => {
      const { repository, shas } = workingCopy(1_000);
      const command = `${RELEASE} --auto --initial-depth 1000`;
      await world.succeed(command, { cwd: repository.path, env: web });
      expect(await world.release('1.0.0')).toMatchObject({
        commitCount: 1_000,
        lastCommit: { id: shas.at(-1) },
      });
    },
  },
  {
    title: 'without a previous release the newest 20 commits are sent',
    tell: async (world) => {
      const { repository, shas } = workingCopy(22);
      const run = await world.succeed(`${RELEASE} --auto`, { cwd: repository.path, env: web });
      expect(run.output).toContain('Creating a release with 20 commits.');
      expect(await world.commitIds('1.0.0')).toEqual(shas.slice(2).toReversed());
    },
  },
  {
    title: '--initial-depth says how many commits the first release has',
    tell: async (world) => {
      const { repository, shas } = workingCopy();
      const command = `${RELEASE} --local --initial-depth 2`;
      await world.succeed(command, { cwd: repository.path, env: web });
      expect(await world.commitIds('1.0.0')).toEqual([shas[2], shas[1]]);
    },
  },
  {
    title: 'the next release continues behind the previous one, and then there is nothing new',
    tell: async (world) => {
      const { repository } = workingCopy();
      const options = { cwd: repository.path, env: web };
      await world.succeed(`${RELEASE} --auto`, options);
      const added = repository.commits(2);
      await world.succeed('releases set-commits 1.1.0 --auto', options);
      expect(await world.commitIds('1.1.0')).toEqual(added.toReversed());
      const nothing = await world.succeed('releases set-commits 1.2.0 --auto', options);
      expect(nothing.output).toContain('No commits found. Leaving release alone.');
      expect(await world.release('1.2.0')).toMatchObject({ commitCount: 0 });
    },
  },
  {
    title: 'a repeated run of the same release changes nothing',
    tell: async (world) => {
      const { repository, shas } = workingCopy();
      const options = { cwd: repository.path, env: web };
      await world.succeed('releases new 1.0.0 --finalize --url https://ci.acme.test/7', options);
      await world.succeed(`${RELEASE} --auto`, options);
      const before = await world.release('1.0.0');
      await world.succeed(`${RELEASE} --auto`, options);
      expect(await world.release('1.0.0')).toEqual(before);
      expect(before).toMatchObject({ commitCount: 3, lastCommit: { id: shas[2] } });
    },
  },
  {
    title: 'a rewritten history is an error, unless --ignore-missing starts over',
    tell: async (world) => {
      const { repository } = workingCopy();
      await world.succeed(`${RELEASE} --auto`, { cwd: repository.path, env: web });
      const rewritten = new GitRepository({ origin: REMOTE });
      const sha = rewritten.commit({ message: 'all at once' });
      const options = { cwd: rewritten.path, env: web };
      const refused = await world.cli('releases set-commits 1.1.0 --auto', options);
      expect(refused.exitCode).toBe(1);
      expect(refused.output).toContain('Could not find the SHA of the previous release');
      await world.succeed('releases set-commits 1.1.0 --auto --ignore-missing', options);
      expect(await world.commitIds('1.1.0')).toEqual([sha]);
    },
  },
  {
    title: 'without a project the release must exist',
    tell: async (world) => {
      const { repository } = workingCopy();
      const missing = await world.cli(`${RELEASE} --local`, { cwd: repository.path });
      expect(missing.exitCode).toBe(1);
      expect(missing.output).toContain('error: Release not found.');
      await world.succeed('releases new 1.0.0 -p web');
      await world.succeed(`${RELEASE} --local`, { cwd: repository.path });
      expect(await world.release('1.0.0')).toMatchObject({ commitCount: 3 });
    },
  },
  {
    title:
      'repository known: --auto names it and its head, also beside one that a commit list made',
    tell: async (world, major) => {
      const { repository, shas } = workingCopy();
      const options = { cwd: repository.path, env: web };
      await world.succeed('releases set-commits 0.9.0 --local', options);
      await knowRepository(world);
      const run = await world.succeed(`${RELEASE} --auto`, options);
      expect(run.output).toMatch(new RegExp(`\\| acme/web +\\| ${shas[2]!.slice(0, 12)} +\\|`));
      expectRefsMode(run, major);
      expect(await world.heads('1.0.0')).toEqual([`acme/web@${shas[2]}`]);
    },
  },
  {
    title: 'only repositories of commit lists known: --auto still sends the working copy',
    tell: async (world) => {
      const { repository, shas } = workingCopy();
      await world.addRepository('origin');
      await world.succeed(`${RELEASE} --auto`, { cwd: repository.path, env: web });
      expect(await world.commitIds('1.0.0')).toEqual(shas.toReversed());
    },
  },
  {
    title: 'repository known: --local and no flag send the working copy all the same',
    tell: async (world) => {
      const { repository, shas } = workingCopy();
      const options = { cwd: repository.path, env: web };
      await knowRepository(world);
      await world.succeed(`${RELEASE} --local`, options);
      expect(await world.commitIds('1.0.0')).toEqual(shas.toReversed());
      const added = repository.commit();
      await world.succeed('releases set-commits 1.1.0', options);
      expect(await world.commitIds('1.1.0')).toEqual([added]);
    },
  },
  {
    title: 'repository known: --commit with a range stores its end as head, outside of git too',
    tell: async (world, major) => {
      await knowRepository(world);
      const [from, to] = ['a'.repeat(40), 'b'.repeat(40)];
      const run = await world.succeed(`${RELEASE} --commit acme/web@${from}..${to}`, { env: web });
      expect(run.output).toMatch(/\| acme\/web +\| a{12} -> b{12} +\|/);
      expectRefsMode(run, major);
      expect(await world.heads('1.0.0')).toEqual([`acme/web@${to}`]);
    },
  },
  {
    title: 'repository known: --commit with one commit, and again with another',
    tell: async (world) => {
      await knowRepository(world);
      for (const sha of ['a'.repeat(40), 'b'.repeat(40)]) {
        await world.succeed(`${RELEASE} --commit acme/web@${sha}`, { env: web });
        expect(await world.heads('1.0.0')).toEqual([`acme/web@${sha}`]);
      }
    },
  },
  {
    title: 'repository known: --commit of two repositories stores both heads',
    tell: async (world) => {
      await knowRepository(world);
      await world.addRepository('acme/api', 'https://git.acme.test/acme/api', 'git');
      await world.succeed(`${RELEASE} --commit acme/web@v1 --commit acme/api@v2`, { env: web });
      expect(await world.heads('1.0.0')).toEqual(['acme/api@v2', 'acme/web@v1']);
    },
  },
  {
    title: 'repository known: --clear empties the release',
    tell: async (world, major) => {
      const { repository } = workingCopy();
      const options = { cwd: repository.path, env: web };
      await world.succeed(`${RELEASE} --local`, options);
      await knowRepository(world);
      await world.succeed(`${RELEASE} --commit acme/web@v1`, options);
      const run = await world.succeed(`${RELEASE} --clear`, options);
      expect(run.output).toContain('Clearing commits for release.');
      expectRefsMode(run, major);
      expect(await world.release('1.0.0')).toMatchObject({ commitCount: 0, lastCommit: null });
      expect(await world.heads('1.0.0')).toEqual([]);
    },
  },
  {
    title:
      'repository known: --commit of another one is refused by the client, and nothing is sent',
    tell: async (world) => {
      await knowRepository(world);
      const run = await world.cli(`${RELEASE} --commit acme/api@v1`, { env: web });
      expect(run.exitCode).toBe(1);
      expect(run.output).toContain("error: Unknown repo 'acme/api'");
      expect(run.requests).toEqual(['GET /repos/?cursor=']);
    },
  },
  {
    title: 'repository known: --commit in other letter case is refused by the server, by name',
    tell: async (world) => {
      await knowRepository(world);
      const run = await world.cli(`${RELEASE} --commit ACME/web@v1`, { env: web });
      expect(run.exitCode).toBe(1);
      expect(run.output).toContain('Invalid repository names: ACME/web');
      expect(await world.heads('1.0.0')).toEqual([]);
    },
  },
];
