import { expect } from 'vitest';
import type { Scenario } from './scenario.ts';

const project = (name: string) => () => ({ SENTRY_PROJECT: name });

const INVALID_PROJECT = {
  v2: 'Project not found. Ensure that you configured the correct project and organization.',
  v3: /request failure \(http status: 400\)[^]*Invalid project ids or slugs/,
};
const RELEASE_NOT_FOUND = 'error: Release not found.';

/** clients 3.4, 3.6 to 3.9. */
export const releaseScenarios: readonly Scenario[] = [
  {
    title: 'new creates an open, unreleased release',
    command: 'releases new 1.0.0 -p web',
    prints: 'Created release 1.0.0',
    requests: { v2: ['POST /projects/web/releases/'], v3: ['POST /releases/'] },
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        status: 'open',
        dateReleased: null,
        projects: [{ slug: 'web' }],
      });
    },
  },
  {
    title: 'new with several projects, one of them twice, links each once',
    command: 'releases new 1.0.0 -p web -p api -p web',
    prints: 'Created release 1.0.0',
    requests: ['POST /releases/'],
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        projects: [{ slug: 'api' }, { slug: 'web' }],
      });
    },
  },
  {
    title: 'new with the numeric id of the only project',
    command: (world) => `releases new 1.0.0 -p ${world.tenant.web.id}`,
    prints: 'Created release 1.0.0',
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({ projects: [{ slug: 'web' }] });
    },
  },
  {
    title: 'new with a numeric id among slugs',
    command: (world) => `releases new 1.0.0 -p ${world.tenant.web.id} -p api`,
    requests: ['POST /releases/'],
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        projects: [{ slug: 'api' }, { slug: 'web' }],
      });
    },
  },
  {
    title: 'new with --finalize and --url stores both at once',
    command: 'releases new 1.0.0 -p web --finalize --url https://ci.acme.test/7',
    prints: 'Created release 1.0.0',
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        url: 'https://ci.acme.test/7',
        dateReleased: expect.any(String),
      });
    },
  },
  {
    title: 'new takes the project from the environment',
    command: 'releases new 1.0.0',
    env: project('api'),
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({ projects: [{ slug: 'api' }] });
    },
  },
  {
    title: 'new again keeps what the release has and adds the project',
    given: ['releases new 1.0.0 -p web --finalize --url https://ci.acme.test/7'],
    command: 'releases new 1.0.0 -p api',
    prints: 'Created release 1.0.0',
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        url: 'https://ci.acme.test/7',
        dateReleased: expect.any(String),
        projects: [{ slug: 'api' }, { slug: 'web' }],
      });
    },
  },
  {
    title: 'new with an unknown project creates nothing',
    command: 'releases new 1.0.0 -p nope',
    exits: 1,
    prints: INVALID_PROJECT,
    leaves: async (world) => {
      expect((await world.get('/releases/1.0.0/')).status).toBe(404);
    },
  },
  {
    title: 'new with an empty project in the environment creates nothing',
    command: 'releases new 1.0.0',
    env: project(''),
    exits: 1,
    prints: INVALID_PROJECT,
    requests: { v2: ['POST /projects//releases/'], v3: ['POST /releases/'] },
  },
  {
    title: 'new in an unknown organization',
    command: 'releases new 1.0.0 -p web',
    env: () => ({ SENTRY_ORG: 'nobody' }),
    exits: 1,
    prints: { v2: 'error: Project not found.', v3: 'error: organization not found' },
  },
  {
    title: 'new with a token that the server does not know',
    command: 'releases new 1.0.0 -p web',
    env: () => ({ SENTRY_AUTH_TOKEN: 'f'.repeat(64) }),
    exits: 1,
    prints: 'sentry reported an error: Invalid token (http status: 401)',
  },
  {
    title: 'new with the token as user name, the way of old pipelines',
    only: 2,
    command: 'releases new 1.0.0 -p web -p api',
    env: (world) => ({ SENTRY_AUTH_TOKEN: undefined, SENTRY_API_KEY: world.tenant.ownerToken }),
    prints: 'Created release 1.0.0',
  },
  {
    title: 'a version is the same one in body and path, whatever characters it has',
    tell: async (world) => {
      const version = 'shop@1.0.0+7 (50%) é #1?';
      await world.succeed(['releases', 'new', version, '-p', 'web']);
      const run = await world.succeed(['releases', 'finalize', version]);
      expect(run.stderr + run.stdout).toContain(`Finalized release ${version}`);
      expect(await world.release(version)).toMatchObject({
        version,
        dateReleased: expect.any(String),
        versionInfo: { package: 'shop' },
      });
      await world.succeed(['releases', 'delete', version]);
      expect((await world.get(`/releases/${encodeURIComponent(version)}/`)).status).toBe(404);
    },
  },
  {
    title: 'finalize marks a release as released now',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases finalize 1.0.0',
    prints: 'Finalized release 1.0.0',
    requests: ['PUT /releases/1.0.0/'],
    leaves: async (world) => {
      const { dateReleased } = await world.release('1.0.0');
      expect(Math.abs(Date.now() - Date.parse(dateReleased))).toBeLessThan(60_000);
    },
  },
  {
    title: 'finalize with a date, a url and a project',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases finalize 1.0.0 --released 1767225600 --url https://ci.acme.test/8',
    env: project('web'),
    requests: { v2: ['PUT /projects/web/releases/1.0.0/'], v3: ['PUT /releases/1.0.0/'] },
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        dateReleased: '2026-01-01T00:00:00.000000Z',
        url: 'https://ci.acme.test/8',
      });
    },
  },
  {
    title: 'finalize again keeps the url and takes the later date',
    given: [
      'releases new 1.0.0 -p web',
      'releases finalize 1.0.0 --released 1767225600 --url https://ci.acme.test/8',
    ],
    command: 'releases finalize 1.0.0 --released 1767225601',
    prints: 'Finalized release 1.0.0',
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({
        dateReleased: '2026-01-01T00:00:01.000000Z',
        url: 'https://ci.acme.test/8',
      });
    },
  },
  {
    title: 'finalize of a release that does not exist',
    command: 'releases finalize 1.0.0',
    exits: 1,
    prints: RELEASE_NOT_FOUND,
  },
  {
    title: 'list shows open releases, the newest first',
    given: [
      'releases new 1.0.0 -p web',
      'releases new 1.1.0 -p api',
      'releases new 1.2.0 -p web',
      'releases archive 1.1.0',
    ],
    command: 'releases list --raw',
    prints: /^1\.2\.0\n1\.0\.0\n?$/,
    requests: ['GET /releases/'],
  },
  {
    title: 'list of a project shows its releases with their projects',
    given: ['releases new 1.0.0 -p web -p api', 'releases new 1.1.0 -p api'],
    command: 'releases list -P -p web',
    prints: /\| \(unreleased\) \| 1\.0\.0 +\| api +\|[^]*\| +\| +\| web +\|/,
    requests: ['GET /projects/web/releases/'],
  },
  {
    title: 'info shows a release with its projects',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases info 1.0.0 -P',
    prints: /\| 1\.0\.0 +\| \d{4}-\d\d-\d\d [\d:.]+ UTC \| web +\|/,
    requests: ['GET /releases/1.0.0/'],
  },
  {
    title: 'info of a release that does not exist fails without a word',
    command: 'releases info 1.0.0',
    exits: 1,
    prints: /^$/,
  },
  {
    title: 'archive and restore change the status and detach nothing',
    tell: async (world) => {
      await world.succeed('releases new 1.0.0 -p web');
      const archived = await world.succeed('releases archive 1.0.0');
      expect(archived.output).toContain('Archived release 1.0.0');
      expect(archived.requests).toEqual(['POST /releases/']);
      expect(await world.release('1.0.0')).toMatchObject({
        status: 'archived',
        projects: [{ slug: 'web' }],
      });
      const restored = await world.succeed('releases restore 1.0.0');
      expect(restored.output).toContain('Restored release 1.0.0');
      expect(await world.release('1.0.0')).toMatchObject({
        status: 'open',
        projects: [{ slug: 'web' }],
      });
    },
  },
  {
    title: 'archive of a version that does not exist creates it, without projects',
    command: 'releases archive 1.0.0',
    prints: 'Archived release 1.0.0',
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({ status: 'archived', projects: [] });
    },
  },
  {
    title: 'delete removes a release',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases delete 1.0.0 -p web',
    prints: 'Deleted release 1.0.0!',
    requests: { v2: ['DELETE /projects/web/releases/1.0.0/'], v3: ['DELETE /releases/1.0.0/'] },
    leaves: async (world) => {
      expect((await world.get('/releases/1.0.0/')).status).toBe(404);
    },
  },
  {
    title: 'delete of a release that does not exist succeeds and says so',
    command: 'releases delete 1.0.0',
    prints: 'Did nothing. Release with this version (1.0.0) does not exist.',
  },
  {
    title: 'delete with an organization token is refused, naming the scopes that it lacks',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases delete 1.0.0',
    env: (world) => ({ SENTRY_AUTH_TOKEN: world.tenant.organizationToken }),
    exits: 1,
    prints: /You do not have permission to perform this action\..*project:releases.*status: 403/,
    leaves: async (world) => {
      expect((await world.get('/releases/1.0.0/')).status).toBe(200);
    },
  },
  {
    title: 'propose-version takes what the environment says and asks nobody',
    command: 'releases propose-version',
    env: () => ({ SENTRY_RELEASE: 'shop@9.9' }),
    prints: 'shop@9.9',
    requests: [],
  },
];
