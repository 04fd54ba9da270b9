// What a warm request asks of Postgres, and that who may see what shows with the next request, also when it was remembered
// otherwise.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { projectReleasesPath, releasePath, releasesPath } from './support/releaseRequests.ts';
import { useSlipway } from './support/slipway.ts';
import { logStatements } from './support/statementLog.ts';

const slipway = useSlipway();
const environments = '/api/0/organizations/acme/environments/';
let outsider: string;
let outsiderMember: string;

beforeAll(async () => {
  const { pool, tenant } = slipway;
  await slipway.call('POST', releasesPath, { body: { version: '1.0', projects: ['web'] } });
  await slipway.call('POST', releasePath('1.0', 'deploys/'), { body: { environment: 'prod' } });
  const userId = await tenant.addMember('member', []);
  outsider = await tenant.userToken(['org:read', 'project:read', 'event:read'], userId);
  const { rows } = await pool.query('select id from member where user_id = $1', [userId]);
  outsiderMember = rows[0].id;
});

const join = () =>
  slipway.pool.query('insert into team_member (team_id, member_id) values ($1, $2)', [
    slipway.tenant.teamId,
    outsiderMember,
  ]);
const leave = () =>
  slipway.pool.query('delete from team_member where member_id = $1', [outsiderMember]);

/** What tells who asks and about what, when it is not in the cache. */
const lookUp = /^(?:load[A-Z]|findMemberByUser$|listAccessibleProjects)/;

describe('a warm request asks Postgres nothing to know who asks and about what', () => {
  const tokens = {
    'a person': () => slipway.tenant.ownerToken,
    'an organization token': () => slipway.tenant.organizationToken,
    'a member of one team': () => outsider,
  };

  beforeAll(async () => {
    await slipway.pool.query('update organization set open_membership = false');
    await join();
    return async () => {
      await leave();
      await slipway.pool.query('update organization set open_membership = true');
    };
  });

  const everybody = (paths: readonly (readonly [what: string, path: string])[]) =>
    Object.entries(tokens).flatMap(([who, token]) =>
      paths.map(([what, path]) => ({ who, what, token, path })),
    );

  async function warmStatements(path: string, token: string): Promise<string[]> {
    let statements: string[] = [];
    await vi.waitFor(
      async () => {
        const log = logStatements({ lookUps: true });
        const answer = await slipway.call('GET', path, { token });
        expect(answer.status, answer.text).toBe(200);
        statements = log.take();
        expect(statements.filter((name) => lookUp.test(name))).toEqual([]);
      },
      { timeout: 10_000 },
    );
    return statements;
  }

  test.each(
    everybody([
      ['environments', `${environments}?project=web`],
      ['environments of a project', '/api/0/projects/acme/web/environments/'],
      ['repositories', '/api/0/organizations/acme/repos/'],
    ]),
  )('and one statement for the answer when $who asks for $what', async ({ token, path }) => {
    expect(await warmStatements(path, token())).toHaveLength(1);
  });

  test.each(
    everybody([
      ['a release', releasePath('1.0')],
      ['releases', `${releasesPath}?environment=prod&project=web`],
      ['releases of a project', `${projectReleasesPath('web')}?environment=prod`],
      ['deploys', releasePath('1.0', 'deploys/')],
    ]),
  )('when $who asks for $what', async ({ token, path }) => {
    expect((await warmStatements(path, token())).length).toBeGreaterThan(0);
  });
});

describe('access to a release', () => {
  const see = async () =>
    (await slipway.call('GET', releasePath('1.0'), { token: outsider })).status;

  beforeAll(async () => {
    await slipway.pool.query('update organization set open_membership = false');
    return () => slipway.pool.query('update organization set open_membership = true');
  });

  test('that is given or taken shows with the next request, round after round', async () => {
    for (let round = 0; round < 10; round += 1) {
      expect(await see()).toBe(404);
      await join();
      expect(await see()).toBe(200);
      await leave();
      expect(await see()).toBe(404);
      await slipway.pool.query(
        'insert into project_team (project_id, team_id) select id, $1 from project where slug = $2 on conflict do nothing',
        [slipway.tenant.teamId, 'web'],
      );
    }
  });

  test('follows the project when its team loses it, and when it is deleted', async () => {
    await join();
    expect(await see()).toBe(200);
    await slipway.pool.query('delete from project_team where project_id = $1', [
      slipway.tenant.web.id,
    ]);
    expect(await see()).toBe(404);
    await slipway.pool.query('insert into project_team (project_id, team_id) values ($1, $2)', [
      slipway.tenant.web.id,
      slipway.tenant.teamId,
    ]);
    expect(await see()).toBe(200);
    await slipway.pool.query("update project set status = 'pending_deletion' where slug = 'web'");
    expect(await see()).toBe(404);
    await slipway.pool.query("update project set status = 'active'");
    await leave();
  });

  test('comes with a project that the release gets, though it was denied a moment ago', async () => {
    const version = 'late';
    await slipway.call('POST', releasesPath, { body: { version, projects: ['api'] } });
    await slipway.pool.query('delete from project_team where project_id = $1', [
      slipway.tenant.api.id,
    ]);
    await join();
    const status = async () =>
      (await slipway.call('GET', releasePath(version), { token: outsider })).status;
    expect(await status()).toBe(404);
    await slipway.call('POST', releasesPath, { body: { version, projects: ['web'] } });
    expect(await status()).toBe(200);
    await leave();
  });
});

test('a token that is revoked over HTTP is refused by the next request, a hundred times', async () => {
  const { tenant } = slipway;
  for (let round = 0; round < 100; round += 1) {
    const token = await tenant.userToken(['org:read']);
    expect((await slipway.call('GET', environments, { token })).status).toBe(200);
    const { rows } = await slipway.pool.query('select max(id) as id from api_token');
    const path = `/api/0/api-tokens/`;
    const revoked = await slipway.call('DELETE', path, { body: { tokenId: rows[0].id } });
    expect(revoked.status, revoked.text).toBe(204);
    expect((await slipway.call('GET', environments, { token })).status).toBe(401);
  }
});
