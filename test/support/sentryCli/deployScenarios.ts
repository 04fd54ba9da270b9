import { expect } from 'vitest';
import type { Scenario } from './scenario.ts';

/** clients 3.10. */
export const deployScenarios: readonly Scenario[] = [
  {
    title: 'deploys new needs no more than an environment',
    given: ['releases new 1.0.0 -p web'],
    command: 'deploys new -r 1.0.0 -e production',
    prints: "Created new deploy unnamed for 'production'",
    requests: ['POST /releases/1.0.0/deploys/'],
    leaves: async (world) => {
      expect(await world.deploys('1.0.0')).toMatchObject([
        {
          environment: 'production',
          name: null,
          url: null,
          dateStarted: null,
          dateFinished: expect.any(String),
        },
      ]);
      expect(await world.release('1.0.0')).toMatchObject({
        deployCount: 1,
        lastDeploy: { environment: 'production' },
      });
    },
  },
  {
    title: 'deploys new with everything',
    given: ['releases new 1.0.0 -p web -p api'],
    command:
      'deploys new -r 1.0.0 -e staging -n blue -u https://ci.acme.test/9 -t 42 -p web -p api',
    prints: "Created new deploy blue for 'staging'",
    leaves: async (world) => {
      const [deploy] = await world.deploys('1.0.0');
      expect(deploy).toMatchObject({ name: 'blue', url: 'https://ci.acme.test/9' });
      const seconds = (Date.parse(deploy.dateFinished) - Date.parse(deploy.dateStarted)) / 1_000;
      expect(seconds).toBe(42);
    },
  },
  {
    title: 'deploys new with dates and the numeric id of a project',
    given: ['releases new 1.0.0 -p web -p api'],
    command: (world) =>
      `deploys new -r 1.0.0 -e staging --started 1767225600 --finished 2026-01-01T01:00:00Z -p ${world.tenant.web.id}`,
    leaves: async (world) => {
      expect(await world.deploys('1.0.0')).toMatchObject([
        {
          dateStarted: '2026-01-01T00:00:00.000000Z',
          dateFinished: '2026-01-01T01:00:00.000000Z',
        },
      ]);
    },
  },
  {
    title: 'deploys new takes the release from the environment',
    given: ['releases new 1.0.0 -p web'],
    command: 'deploys new -e production',
    env: () => ({ SENTRY_RELEASE: '1.0.0' }),
    prints: "Created new deploy unnamed for 'production'",
    requests: ['POST /releases/1.0.0/deploys/'],
  },
  {
    title: 'releases deploys new is the older way to say it',
    given: ['releases new 1.0.0 -p web'],
    command: 'releases deploys 1.0.0 new -e production',
    prints: "Created new deploy unnamed for 'production'",
  },
  {
    title: 'deploys new of a release that does not exist',
    command: 'deploys new -r 1.0.0 -e production',
    exits: 1,
    prints: 'error: Release not found.',
  },
  {
    title: 'deploys new with an unknown project records nothing',
    given: ['releases new 1.0.0 -p web'],
    command: 'deploys new -r 1.0.0 -e production -p nope',
    exits: 1,
    prints: /request failure \(http status: 400\)[^]*Invalid project/,
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({ deployCount: 0 });
    },
  },
  {
    title: 'deploys list shows the current deploy of each environment',
    given: [
      'releases new 1.0.0 -p web',
      'deploys new -r 1.0.0 -e staging -n old',
      'deploys new -r 1.0.0 -e staging -n blue',
      'deploys new -r 1.0.0 -e production',
    ],
    command: 'deploys list -r 1.0.0',
    prints: /\| production +\| unnamed +\| \d+ seconds? +\|\n\| staging +\| blue +\|/,
    requests: ['GET /releases/1.0.0/deploys/'],
    leaves: async (world) => {
      expect(await world.release('1.0.0')).toMatchObject({ deployCount: 3 });
    },
  },
  {
    title: 'deploys list shows a deploy that was sent without an end',
    tell: async (world) => {
      await world.succeed('releases new 1.0.0 -p web');
      const path = `/api/0/organizations/${world.tenant.slug}/releases/1.0.0/deploys/`;
      const created = await world.slipway.call('POST', path, {
        token: world.tenant.ownerToken,
        body: { environment: 'production' },
      });
      expect(created.status).toBe(201);
      const run = await world.succeed('deploys list -r 1.0.0');
      expect(run.stdout).toContain('| production');
    },
  },
  {
    title: 'deploys list of a release that does not exist',
    command: 'deploys list -r 1.0.0',
    exits: 1,
    prints: 'error: Release not found.',
  },
];
