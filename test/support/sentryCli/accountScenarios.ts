import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Scenario } from './scenario.ts';
import type { CliWorld } from '../cliWorld.ts';

const UNKNOWN_TOKEN = `sntryu_${'a'.repeat(64)}`;

const withToken = (token: string | undefined) => () => ({ SENTRY_AUTH_TOKEN: token });
const withOrganizationToken = (world: CliWorld) => ({
  SENTRY_AUTH_TOKEN: world.tenant.organizationToken,
});

/** clients 3.1 to 3.3. */
export const accountScenarios: readonly Scenario[] = [
  {
    title: 'info names the user and the scopes of a user token',
    command: 'info',
    prints: /User: owner-\w+@acme\.test\s+Scopes:[^]*- org:ci\n[^]*- project:releases\n/,
    requests: ['GET /'],
  },
  {
    title: 'info accepts an organization token, which has no user',
    command: 'info',
    env: withOrganizationToken,
    prints: /Method: Auth Token\s+Scopes:\s+- org:ci\s*$/,
  },
  {
    title: 'info fails with the text of the server when it does not know the token',
    command: 'info',
    env: withToken(UNKNOWN_TOKEN),
    exits: 1,
    prints: 'sentry reported an error: Invalid token (http status: 401)',
  },
  {
    title: 'info as JSON says that the token works',
    command: 'info --config-status-json',
    prints: /"successful": true/,
  },
  {
    title: 'info as JSON says that the token does not work, and succeeds',
    command: 'info --config-status-json',
    env: withToken(UNKNOWN_TOKEN),
    prints: /"successful": false/,
  },
  {
    title: 'login refuses a token that the server does not know',
    command: `login --auth-token ${UNKNOWN_TOKEN}`,
    env: withToken(undefined),
    exits: 1,
    prints: 'sentry reported an error: Invalid token (http status: 401)',
  },
  {
    title: 'organizations list shows what the user belongs to',
    command: 'organizations list',
    prints: /\| acme-\d+ \| acme-\d+ \| \d{4}-\d\d-\d\d +\| false +\| false/,
    requests: {
      v2: ['GET /users/me/regions/', 'GET /organizations/?cursor='],
      v3: ['GET /organizations/?cursor='],
    },
  },
  {
    title: 'organizations list shows the organization of an organization token',
    command: 'organizations list',
    env: withOrganizationToken,
    prints: /\| acme-\d+ \| acme-\d+ \|/,
  },
  {
    title: 'organizations list fails when the server does not know the token',
    command: 'organizations list',
    env: withToken(UNKNOWN_TOKEN),
    exits: 1,
    prints: 'Invalid token (http status: 401)',
  },
  {
    title: 'projects list shows id, slug, team and name',
    command: 'projects list',
    prints: /\| \d+ +\| api +\| Crew \| api +\|\n\| \d+ +\| web +\| Crew \| web +\|/,
    requests: ['GET /projects/?cursor='],
  },
  {
    title: 'projects list of an organization by its numeric id',
    command: 'projects list',
    env: (world) => ({ SENTRY_ORG: world.tenant.organizationId }),
    prints: /\| web +\| Crew \|/,
  },
  {
    title: 'projects list of an unknown organization',
    command: 'projects list',
    env: () => ({ SENTRY_ORG: 'nobody' }),
    exits: 1,
    prints: 'organization not found',
  },
  {
    title: 'repos list of an organization that has none',
    command: 'repos list',
    prints: 'No repos found',
    requests: ['GET /repos/?cursor='],
  },
  {
    title: 'login stores a user token and names its user',
    tell: async (world) => {
      const run = await world.succeed(`login --auth-token ${world.tenant.ownerToken}`, {
        env: { SENTRY_AUTH_TOKEN: undefined },
      });
      expect(run.output).toMatch(/Valid token for user owner-\w+@acme\.test/);
      const stored = readFileSync(join(run.home, '.sentryclirc'), 'utf8');
      expect(stored).toContain(world.tenant.ownerToken);
    },
  },
  {
    title: 'login stores an organization token',
    tell: async (world) => {
      const run = await world.succeed(`login --auth-token ${world.tenant.organizationToken}`, {
        env: { SENTRY_AUTH_TOKEN: undefined },
      });
      expect(run.output).toContain('Valid org token');
      const stored = readFileSync(join(run.home, '.sentryclirc'), 'utf8');
      expect(stored).toContain(world.tenant.organizationToken);
    },
  },
  {
    title: 'projects list follows the pages to the end',
    tell: async (world) => {
      await world.slipway.pool.query(
        `insert into project (organization_id, slug, name)
         select $1, 'p-' || number, 'P' from generate_series(1, 150) as number`,
        [world.tenant.organizationId],
      );
      const run = await world.succeed('projects list');
      expect(run.requests).toEqual([
        'GET /projects/?cursor=',
        expect.stringMatching(/^GET \/projects\/\?cursor=[\d:]+$/),
      ]);
      expect(run.stdout.match(/\| p-\d+ /g)).toHaveLength(150);
    },
  },
  {
    title: 'repos list shows name, provider and url',
    tell: async (world) => {
      await world.addRepository('acme/web', 'https://git.acme.test/acme/web', 'git');
      await world.addRepository('origin');
      const run = await world.succeed('repos list');
      expect(run.stdout).toMatch(/\| acme\/web \| Git +\| https:\/\/git\.acme\.test\/acme\/web \|/);
      expect(run.stdout).toMatch(/\| origin +\| Unknown Provider \| - +\|/);
    },
  },
];
