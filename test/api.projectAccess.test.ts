// Which projects, releases and issues a caller reaches, with and without open membership: every route that names one.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../api/http/route.ts';
import { routes } from '../api/routes/index.ts';
import { scopes as allScopes, type Role, type Scope } from '../domain/scopes.ts';
import { permissions } from './support/permissionTable.ts';
import { acceptedScopes } from './support/permissionWalk.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';
import { withClosedMembership } from './support/teamMate.ts';

const slipway = useSlipway({ worker: false });

/** Of people who are on the team of the project, or on none; their tokens are made for each route. */
const userIds = {} as Record<`${Role} ${'on the team' | 'of no team'}`, string>;

const key = 'a'.repeat(32);
let issue: string;

beforeAll(async () => {
  const { pool, tenant } = slipway;
  for (const role of ['member', 'admin', 'manager', 'owner'] as const) {
    userIds[`${role} on the team`] = await tenant.addMember(role, [tenant.teamId]);
    userIds[`${role} of no team`] = await tenant.addMember(role);
  }
  await pool.query(
    `with added as (insert into release (organization_id, version) values ($1, 'ours') returning id)
     insert into release_project (release_id, project_id) select id, $2 from added`,
    [tenant.organizationId, tenant.web.id],
  );
  await pool.query('insert into project_key (project_id, public_key) values ($1, $2)', [
    tenant.web.id,
    key,
  ]);
  const { rows } = await pool.query<{ id: string }>(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
     values ($1, 1, 'Broken', now(), now(), now()) returning id`,
    [tenant.web.id],
  );
  issue = rows[0]!.id;
  await pool.query(
    `with added as (insert into environment (organization_id, name) values ($1, 'prod') returning id),
          linked as (insert into environment_project (environment_id, project_id) select id, $2 from added)
     insert into event (project_id, event_id, group_id, timestamp, data)
     values ($2, gen_random_uuid(), $3, now(), '{}')`,
    [tenant.organizationId, tenant.web.id, issue],
  );
});

/** Takes an id of what waits for its deletion, which nobody has here. */
const otherNames = ['restoreProject'];

const named = routes.filter(
  ({ name, access, path }) =>
    access !== 'public' && /\{(project|version|issue)\}/.test(path) && !otherNames.includes(name),
);

/** Deletions that get through would take away what the next ones are about. */
const keeps = named.filter(({ method }) => method !== 'DELETE');

function call({ method, path }: Route, token: string): Promise<ApiAnswer> {
  const values: Record<string, string> = {
    organization: 'acme',
    project: 'web',
    version: 'ours',
    team: 'crew',
    event: 'latest',
    environment: 'prod',
    key,
    issue,
  };
  const filled = path
    .replaceAll('/shortids/{issue}', '/shortids/WEB-1')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
  return slipway.call(method, filled, { token, ...(method === 'GET' ? {} : { body: [] }) });
}

/** All that the route takes but what opens every project. */
function scopesFor({ name }: Route): Scope[] {
  const accepted = acceptedScopes(permissions[name]!);
  return allScopes.filter((scope) => scope !== 'project:releases' && accepted.includes(scope));
}

const token = (scopes: readonly Scope[], who: keyof typeof userIds): Promise<string> =>
  slipway.tenant.userToken(scopes, userIds[who]);

const byName = (route: Route): [string, Route] => [route.name, route];

describe('with closed membership', () => {
  test.each(named.map(byName))('%s is a 404 for who is on no team of it', async (_, route) => {
    await withClosedMembership(slipway, async () => {
      for (const who of ['member of no team', 'admin of no team'] as const) {
        const { status, text } = await call(route, await token(scopesFor(route), who));
        // A role that has none of the scopes comes first.
        expect([403, 404], text).toContain(status);
      }
    });
  });

  test.each(keeps.map(byName))(
    '%s is found by its team, and by who runs it all',
    async (_, route) => {
      await withClosedMembership(slipway, async () => {
        for (const who of [
          'admin on the team',
          'manager of no team',
          'owner of no team',
        ] as const) {
          const { status, text } = await call(route, await token(scopesFor(route), who));
          expect(status, `${who}: ${text}`).not.toBe(404);
        }
      });
    },
  );

  test.each(keeps.map(byName))(
    '%s is found with project:releases, and by organization tokens',
    async (_, route) => {
      const scopes: readonly Scope[] = [...scopesFor(route), 'project:releases'];
      await withClosedMembership(slipway, async () => {
        const { status } = await call(route, await token(scopes, 'admin of no team'));
        expect(status).not.toBe(404);
        const ofMachine = await call(route, slipway.tenant.organizationToken);
        expect(acceptedScopes(permissions[route.name]!).includes('org:ci')).toBe(
          ![403, 404].includes(ofMachine.status),
        );
      });
    },
  );
});

describe('with open membership', () => {
  test.each(keeps.map(byName))('%s is found by who is on no team', async (_, route) => {
    const { status, text } = await call(route, await token(scopesFor(route), 'admin of no team'));
    expect(status, text).not.toBe(404);
  });
});

test('lists hold what the caller reaches: nothing of the teams of others', async () => {
  const lists = [
    '/api/0/organizations/acme/releases/?project=-1',
    '/api/0/organizations/acme/issues/?project=-1',
    '/api/0/organizations/acme/activity/?project=-1',
    '/api/0/organizations/acme/environments/',
    '/api/0/organizations/acme/releases/stats/',
  ];
  const scopes = allScopes.filter((scope) => scope !== 'project:releases');
  await withClosedMembership(slipway, async () => {
    for (const path of lists) {
      const stranger = await token(scopes, 'member of no team');
      expect((await slipway.call('GET', path, { token: stranger })).body, path).toEqual([]);
    }
    for (const path of lists.filter((path) => !path.includes('activity'))) {
      const mate = await token(scopes, 'member on the team');
      expect((await slipway.call('GET', path, { token: mate })).body, path).toHaveLength(1);
    }
  });
});
