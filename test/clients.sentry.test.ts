// Scenarios: the release commands of the `sentry` CLI, a program of its own with other requests than sentry-cli (clients 5).
import { describe, expect, test } from 'vitest';
import { sentryProgram } from './support/cli.ts';
import { useCliWorlds, type CliWorld } from './support/cliWorld.ts';
import { GitRepository } from './support/gitRepository.ts';

const EXIT_NO_REPOSITORY = 21;
const EXIT_NO_CONTEXT = 22;
const EXIT_API_ERROR = 30;

const newWorld = useCliWorlds(sentryProgram());

/** A world with a release of `web`. */
async function worldWithRelease(version = '1.0.0'): Promise<CliWorld> {
  const world = await newWorld();
  const path = `/api/0/organizations/${world.tenant.slug}/releases/`;
  const created = await world.slipway.call('POST', path, {
    token: world.tenant.ownerToken,
    body: { version, projects: ['web'] },
  });
  expect(created.status).toBe(201);
  return world;
}

function workingCopy(count = 3): { repository: GitRepository; shas: string[] } {
  const repository = new GitRepository({ origin: 'git@git.acme.test:Acme/Web.git' });
  return { repository, shas: repository.commits(count) };
}

describe('who am I, and what is there', () => {
  test('whoami names the user of the token', async () => {
    const world = await newWorld();
    const run = await world.succeed('auth whoami');
    expect(run.stdout).toMatch(/owner-\w+@acme\.test/);
    expect(run.requests).toEqual(['GET /auth/']);
  });

  test('info says that the token is verified', async () => {
    const world = await newWorld();
    const run = await world.cli('info');
    expect(run.stdout).toMatch(/Verified: yes\s+User: owner-\w+@acme\.test/);
  });

  test('organizations, projects and repositories are listed', async () => {
    const world = await newWorld();
    await world.addRepository('acme/web', 'https://git.acme.test/acme/web', 'git');
    const { slug } = world.tenant;
    expect((await world.succeed('org list --json')).stdout).toContain(`"${slug}"`);
    const projects = JSON.parse((await world.succeed(`project list ${slug}/ --json`)).stdout);
    expect(JSON.stringify(projects)).toMatch(/"slug":"api".*"slug":"web"/);
    expect((await world.succeed(`repo list ${slug}/`)).stdout).toContain('acme/web');
  });
});

test('release propose-version answers the head of the working copy and asks nobody', async () => {
  const world = await newWorld();
  const { repository } = workingCopy(1);
  const run = await world.succeed('release propose-version', { cwd: repository.path });
  expect(run.stdout).toContain(repository.head);
  expect(run.requests).toEqual([]);
});

describe('release create', () => {
  test('with projects, ref, url and --finalize', async () => {
    const world = await newWorld();
    const run = await world.succeed(
      'release create 1.0.0 --project web,api --finalize --ref main --url https://ci.acme.test/1',
    );
    expect(run.stdout).toContain('Release Created: 1.0.0');
    expect(run.requests).toEqual([`GET /`, 'POST /releases/']);
    expect(await world.release('1.0.0')).toMatchObject({
      ref: 'main',
      url: 'https://ci.acme.test/1',
      dateReleased: expect.any(String),
      projects: [{ slug: 'api' }, { slug: 'web' }],
    });
  });

  test('without a project takes the only one that there is', async () => {
    const world = await newWorld();
    await world.slipway.pool.query('delete from project where id = $1', [world.tenant.api.id]);
    await world.succeed('release create 1.0.0');
    expect(await world.release('1.0.0')).toMatchObject({ projects: [{ slug: 'web' }] });
  });

  test('without a project fails where there are several, and says what is missing', async () => {
    const world = await newWorld();
    const run = await world.cli('release create 1.0.0');
    expect(run.exitCode).toBe(EXIT_API_ERROR);
    expect(run.output).toContain('{"projects":["This field is required."]}');
  });

  test('with an organization token, which does not tell this client its organization', async () => {
    const world = await newWorld();
    const env = { SENTRY_AUTH_TOKEN: world.tenant.organizationToken, SENTRY_ORG: undefined };
    const lost = await world.cli('release create 1.0.0 --project web', { env });
    expect(lost.exitCode).toBe(EXIT_NO_CONTEXT);
    await world.succeed(`release create ${world.tenant.slug}/1.0.0 --project web`, { env });
    expect(await world.release('1.0.0')).toMatchObject({ projects: [{ slug: 'web' }] });
  });

  test('by the numeric id of the organization, twice', async () => {
    const world = await newWorld();
    const command = `release create ${world.tenant.organizationId}/1.0.0 --project web`;
    await world.succeed(command);
    await world.succeed(command);
    expect(await world.release('1.0.0')).toMatchObject({ projects: [{ slug: 'web' }] });
  });

  test.each([
    [
      'an unknown project',
      'release create 1.0.0 --project nope',
      {},
      'Invalid project ids or slugs',
    ],
    ['an unknown organization', 'release create nobody/1.0.0 --project web', {}, '404 Not Found'],
    [
      'an unknown token',
      'release create 1.0.0 --project web',
      { SENTRY_AUTH_TOKEN: `sntryu_${'a'.repeat(64)}` },
      'Invalid token',
    ],
  ])('%s is an API error with the text of the server', async (_, command, env, text) => {
    const world = await newWorld();
    const run = await world.cli(command, { env });
    expect(run.exitCode).toBe(EXIT_API_ERROR);
    expect(run.output).toContain(text);
  });
});

describe('release set-commits', () => {
  test('without a flag and without repositories sends the working copy', async () => {
    const world = await worldWithRelease();
    const { repository, shas } = workingCopy();
    const run = await world.succeed('release set-commits 1.0.0', { cwd: repository.path });
    expect(run.output).toContain('Falling back to local git history.');
    expect(await world.commitIds('1.0.0')).toEqual(shas.toReversed());
  });

  test('--local sends subject, author and date, with the repository named after the remote', async () => {
    const world = await worldWithRelease();
    const { repository } = workingCopy();
    const sha = repository.commit({
      message: 'Größe 🚢\n\nMore of it.',
      author: 'Łukasz 山田',
      date: '2026-01-02T03:25:00+05:30',
    });
    await world.succeed('release set-commits 1.0.0 --local --initial-depth 1', {
      cwd: repository.path,
    });
    expect(await world.commits('1.0.0')).toMatchObject([
      {
        id: sha,
        message: 'Größe 🚢',
        dateCreated: '2026-01-01T21:55:00.000000Z',
        author: { name: 'Łukasz 山田', email: 'zoe@acme.test' },
        repository: { name: 'Acme/Web' },
      },
    ]);
  });

  test('--auto names the repository whose name matches the remote', async () => {
    const world = await worldWithRelease();
    await world.addRepository('acme/web', 'https://git.acme.test/acme/web', 'git');
    const { repository, shas } = workingCopy();
    const run = await world.succeed('release set-commits 1.0.0 --auto', { cwd: repository.path });
    expect(run.requests).toEqual([
      'GET /',
      'GET /repos/?per_page=100',
      'GET /releases/1.0.0/previous-with-commits/',
      'PUT /releases/1.0.0/',
    ]);
    expect(await world.heads('1.0.0')).toEqual([`acme/web@${shas[2]}`]);
  });

  test('--auto fails where no repository is known, and where none matches', async () => {
    const world = await worldWithRelease();
    const options = { cwd: workingCopy().repository.path };
    const none = await world.cli('release set-commits 1.0.0 --auto', options);
    expect(none.exitCode).toBe(EXIT_API_ERROR);
    expect(none.output).toContain('No repository integrations configured');
    await world.addRepository('acme/api', 'https://git.acme.test/acme/api', 'git');
    const other = await world.cli('release set-commits 1.0.0 --auto', options);
    expect(other.exitCode).toBe(EXIT_NO_REPOSITORY);
  });

  test('--auto takes a repository that an earlier commit list made: only the head arrives', async () => {
    const world = await worldWithRelease();
    const { repository, shas } = workingCopy();
    const options = { cwd: repository.path };
    await world.succeed('release set-commits 1.0.0', options);
    await world.succeed('release create 1.1.0 --project web');
    await world.succeed('release set-commits 1.1.0', options);
    expect(await world.heads('1.1.0')).toEqual([`Acme/Web@${shas[2]}`]);
    expect(await world.release('1.1.0')).toMatchObject({ commitCount: 0 });
  });

  test('--commit stores the end of the range as head, and --clear removes it', async () => {
    const world = await worldWithRelease();
    await world.addRepository('acme/web', 'https://git.acme.test/acme/web', 'git');
    const [from, to] = ['a'.repeat(40), 'b'.repeat(40)];
    await world.succeed(`release set-commits 1.0.0 --commit acme/web@${from}..${to}`);
    expect(await world.heads('1.0.0')).toEqual([`acme/web@${to}`]);
    await world.succeed('release set-commits 1.0.0 --clear');
    expect(await world.heads('1.0.0')).toEqual([]);
  });

  test('--commit of an unknown repository names it', async () => {
    const world = await worldWithRelease();
    const run = await world.cli('release set-commits 1.0.0 --commit nope/web@a..b');
    expect(run.exitCode).toBe(EXIT_API_ERROR);
    expect(run.output).toContain('{"refs":["Invalid repository names: nope/web"]}');
  });
});

describe('the life of a release', () => {
  test('finalize, now and with a date', async () => {
    const world = await worldWithRelease();
    await world.succeed('release finalize 1.0.0');
    expect(await world.release('1.0.0')).toMatchObject({ dateReleased: expect.any(String) });
    await world.succeed(
      'release finalize 1.0.0 --released 1767225600 --url https://ci.acme.test/2',
    );
    expect(await world.release('1.0.0')).toMatchObject({
      dateReleased: '2026-01-01T00:00:00.000000Z',
      url: 'https://ci.acme.test/2',
    });
  });

  test('archive and restore', async () => {
    const world = await worldWithRelease();
    expect((await world.succeed('release archive 1.0.0')).stdout).toContain('Archived');
    expect(await world.release('1.0.0')).toMatchObject({ status: 'archived' });
    expect((await world.succeed('release restore 1.0.0')).stdout).toContain('Open');
    expect(await world.release('1.0.0')).toMatchObject({ status: 'open' });
  });

  test('deploy with nothing but an environment gets an end', async () => {
    const world = await worldWithRelease();
    await world.succeed('release deploy 1.0.0 production');
    expect(await world.deploys('1.0.0')).toMatchObject([
      { environment: 'production', name: null, dateFinished: expect.any(String) },
    ]);
    expect((await world.succeed('release deploys 1.0.0')).stdout).toContain('production');
  });

  test('deploy with a name, a url and dates, one of them in seconds', async () => {
    const world = await worldWithRelease();
    await world.succeed(
      'release deploy 1.0.0 staging blue --started 1700000000 --finished 2026-01-01T00:00:00Z --url https://ci.acme.test/3',
    );
    expect(await world.deploys('1.0.0')).toMatchObject([
      {
        environment: 'staging',
        name: 'blue',
        url: 'https://ci.acme.test/3',
        dateStarted: '2023-11-14T22:13:20.000000Z',
        dateFinished: '2026-01-01T00:00:00.000000Z',
      },
    ]);
  });

  test('list, of the organization and of a project and environment', async () => {
    const world = await worldWithRelease();
    await world.succeed('release deploy 1.0.0 production');
    const versions = async (command: string) => {
      const listed = JSON.parse((await world.succeed(`${command} --json`)).stdout);
      return (listed.data ?? listed).map((one: any) => one.version);
    };
    const { slug } = world.tenant;
    expect(await versions(`release list ${slug}/`)).toEqual(['1.0.0']);
    expect(await versions(`release list ${slug}/web --environment production`)).toEqual(['1.0.0']);
    expect(await versions(`release list ${slug}/api`)).toEqual([]);
  });

  test('view shows a release, and an unknown one is not found', async () => {
    const world = await worldWithRelease('shop@1.0.0+7');
    const run = await world.succeed(`release view ${world.tenant.slug}/shop@1.0.0+7`);
    expect(run.stdout).toMatch(/Projects +│ web/);
    const missing = await world.cli('release view 2.0.0');
    expect(missing.exitCode).toBe(EXIT_API_ERROR);
    expect(missing.output).toContain('404 Not Found');
  });

  test('delete, once', async () => {
    const world = await worldWithRelease();
    const run = await world.succeed('release delete 1.0.0 --yes');
    expect(run.requests.slice(-2)).toEqual(['GET /releases/1.0.0/', 'DELETE /releases/1.0.0/']);
    expect((await world.get('/releases/1.0.0/')).status).toBe(404);
    expect((await world.cli('release delete 1.0.0 --yes')).exitCode).toBe(EXIT_API_ERROR);
  });
});
