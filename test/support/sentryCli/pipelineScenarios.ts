import { expect } from 'vitest';
import { GitRepository } from '../gitRepository.ts';
import type { Scenario } from './scenario.ts';
import type { CliWorld } from '../cliWorld.ts';

type Caller = Readonly<{
  who: string;
  env: (world: CliWorld) => Readonly<Record<string, string | undefined>>;
}>;

const callers: readonly Caller[] = [
  { who: 'a user token and the slug of the organization', env: () => ({}) },
  {
    who: 'a user token and the numeric id of the organization',
    env: (world) => ({ SENTRY_ORG: world.tenant.organizationId }),
  },
  {
    who: 'an organization token that brings url and organization along',
    env: (world) => ({
      SENTRY_AUTH_TOKEN: world.tenant.organizationToken,
      SENTRY_ORG: undefined,
      SENTRY_URL: undefined,
    }),
  },
  {
    who: 'an organization token that wins over another url and organization',
    env: (world) => ({
      SENTRY_AUTH_TOKEN: world.tenant.organizationToken,
      SENTRY_ORG: 'nobody',
      SENTRY_URL: 'http://127.0.0.1:1',
    }),
  },
];

/** What a CI job does for one release, from the first command to the last. */
async function runPipeline(world: CliWorld, caller: Caller): Promise<void> {
  const repository = new GitRepository({ origin: 'https://git.acme.test/acme/web.git' });
  const shas = repository.commits(3);
  const options = {
    cwd: repository.path,
    env: { SENTRY_PROJECT: 'web', ...caller.env(world) },
  };
  const proposed = await world.succeed('releases propose-version', options);
  const version = proposed.stdout.trim();
  expect(version).toBe(repository.head);

  await world.succeed(`releases new ${version}`, options);
  await world.succeed(`releases set-commits ${version} --auto`, options);
  await world.succeed(`deploys new -r ${version} -e production`, options);
  await world.succeed(`releases finalize ${version}`, options);
  const info = await world.succeed(`releases info ${version} -C`, options);
  for (const sha of shas) expect(info.stdout).toContain(sha);
  const list = await world.succeed('releases list --raw', options);
  expect(list.stdout.trim()).toBe(version);
  const deploys = await world.succeed(`deploys list -r ${version}`, options);
  expect(deploys.stdout).toContain('| production');

  expect(await world.release(version)).toMatchObject({
    dateReleased: expect.any(String),
    commitCount: 3,
    lastCommit: { id: shas[2] },
    deployCount: 1,
    projects: [{ slug: 'web' }],
    authors: [{ name: 'Zoë Dev', email: 'zoe@acme.test' }],
  });
}

export const pipelineScenarios: readonly Scenario[] = callers.map((caller) => ({
  title: `with ${caller.who}`,
  tell: (world) => runPipeline(world, caller),
}));
