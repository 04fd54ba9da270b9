// Scenarios: pipelines of all three programs while no worker runs. Their writes are stored and answered with 202;
// every later step must find what an earlier one has stored, although nothing is applied yet.
import { describe, expect, test } from 'vitest';
import { sentryCliProgram, sentryProgram } from './support/cli.ts';
import { useCliWorlds } from './support/cliWorld.ts';
import { GitRepository } from './support/gitRepository.ts';

/** Short: each write of these pipelines waits for all of it. */
const environment = { SLIPWAY_WRITE_WAIT_MS: '200' };

const pipelines = [
  {
    name: 'sentry-cli 3',
    program: sentryCliProgram('@sentry/cli'),
    commands: [
      'releases new 1.0.0 -p web',
      'releases set-commits 1.0.0 --local -p web',
      'deploys new -r 1.0.0 -e production',
      'releases finalize 1.0.0',
    ],
  },
  {
    name: 'sentry-cli 2',
    program: sentryCliProgram('sentry-cli-v2'),
    commands: [
      'releases new 1.0.0 -p web',
      'releases set-commits 1.0.0 --local -p web',
      'deploys new -r 1.0.0 -e production',
      'releases finalize 1.0.0 -p web',
    ],
  },
  {
    name: 'sentry',
    program: sentryProgram(),
    commands: [
      'release create 1.0.0 --project web',
      'release set-commits 1.0.0 --local',
      'release deploy 1.0.0 production',
      'release finalize 1.0.0',
    ],
  },
];

describe.each(pipelines)('$name', ({ program, commands }) => {
  const newWorld = useCliWorlds(program, { worker: false, environment });

  test('a pipeline passes while no worker runs, and all of it is applied when one does', async () => {
    const world = await newWorld();
    const repository = new GitRepository({ origin: 'https://git.acme.test/acme/web.git' });
    const shas = repository.commits(3);
    for (const command of commands) await world.succeed(command, { cwd: repository.path });
    expect((await world.get('/releases/1.0.0/')).status).toBe(404);

    await world.slipway.startWorker();
    await expect
      .poll(() => world.release('1.0.0'), { timeout: 20_000 })
      .toMatchObject({
        dateReleased: expect.any(String),
        commitCount: 3,
        lastCommit: { id: shas[2] },
        deployCount: 1,
        lastDeploy: { environment: 'production' },
        projects: [{ slug: 'web' }],
      });
    expect(await world.commitIds('1.0.0')).toEqual(shas.toReversed());
  });
});
