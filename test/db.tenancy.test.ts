import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { directModels } from '../db/cache/directModels.ts';
import { findOrganization, type Organization } from '../db/models/organization.ts';
import { findProject } from '../db/models/project.ts';
import { findToken } from '../db/models/token.ts';
import { createOrganization } from '../db/organizations.ts';
import {
  findOrganizationSettings,
  lockOrganizationSettings,
  storeOrganizationSettings,
} from '../db/organizationSettings.ts';
import { transaction } from '../db/pool.ts';
import { ensureProjectKey } from '../db/projectKeys.ts';
import { addProjectTeams, createProject } from '../db/projects.ts';
import { createRepository } from '../db/repositories.ts';
import { addTeamMember, createTeam, findTeams } from '../db/teams.ts';
import {
  createOrganizationToken,
  createUserToken,
  listOrganizationTokens,
  listUserTokens,
  revokeToken,
} from '../db/tokens.ts';
import { setOptions } from '../db/setOptions.ts';
import { createUser, findUserByEmail, upsertMember } from '../db/users.ts';
import { planSettings } from '../domain/settingChanges.ts';
import { projectSlugCandidates } from '../domain/slugs.ts';
import { randomHex, randomText } from '../infra/randomText.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';

const database = cloneDatabase();
const db = testPool(database.url);
let acme: Organization;

beforeAll(async () => {
  acme = (await createOrganization(db.pool, { slug: 'acme', name: 'Acme' }))!;
});

const newProject = (slugs: readonly string[], teamIds: readonly string[] = []) => ({
  organizationId: acme.id,
  name: 'Web',
  slugs,
  platform: 'node',
  teamIds,
  publicKey: randomHex(32),
});

const newToken = () => ({
  tokenHash: randomBytes(32),
  lastCharacters: 'cdef',
  scopes: ['project:read'] as const,
  expiresAt: null,
});

describe('organizations', () => {
  it('are found by slug and by id', async () => {
    expect(acme).toMatchObject({ slug: 'acme', name: 'Acme', openMembership: true });
    expect(await findOrganization(directModels(db.pool), 'acme')).toEqual(acme);
    expect(await findOrganization(directModels(db.pool), acme.id)).toEqual(acme);
  });

  test.each(['nope', '0', '999999999999999999', '9'.repeat(40), ''])(
    '%j finds none',
    async (name) => {
      expect(await findOrganization(directModels(db.pool), name)).toBeNull();
    },
  );

  it('with a taken slug are not made, even by twenty callers at the same moment', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => createOrganization(db.pool, { slug: 'race', name: 'R' })),
    );
    expect(made.filter((organization) => organization !== null)).toHaveLength(1);
  });

  it('keep the settings that are not given, and replace those that are', async () => {
    const set = (given: Record<string, unknown>) =>
      transaction(db.pool, async (tx) => {
        const before = await lockOrganizationSettings(tx, acme.id);
        const planned = planSettings(before, new Map(Object.entries(given)));
        await storeOrganizationSettings(tx, acme.id, before, planned);
        return planned.changes;
      });
    await set({ storeCrashReports: 1, relayPiiConfig: null, allowMemberInvite: false });
    await set({ storeCrashReports: 2, openMembership: false, defaultRole: 'admin' });
    expect(await findOrganizationSettings(db.pool, acme.id)).toEqual({
      name: 'Acme',
      slug: 'acme',
      status: 'active',
      openMembership: false,
      defaultRole: 'admin',
      flags: ['disable_member_invite'],
      options: { 'sentry:store_crash_reports': 2, 'sentry:relay_pii_config': null },
    });
    expect(await findOrganization(directModels(db.pool), 'acme')).toMatchObject({
      openMembership: false,
    });
    await set({ openMembership: true, defaultRole: 'member' });
  });
});

describe('projects', () => {
  it('come with a key and their teams', async () => {
    const team = (await createTeam(db.pool, { organizationId: acme.id, slug: 'crew', name: 'C' }))!;
    const project = await createProject(db.pool, newProject(['web'], [team.id]));
    expect(project).toMatchObject({ slug: 'web', name: 'Web', platform: 'node' });
    const { publicKey, ...known } = project!;
    const models = directModels(db.pool);
    for (const name of ['web', project!.id]) {
      expect(await findProject(models, acme.id, name)).toMatchObject(known);
    }
    const key = await transaction(db.pool, (tx) =>
      ensureProjectKey(tx, project!.id, 'f'.repeat(32)),
    );
    expect(key).toBe(publicKey);
    await addProjectTeams(db.pool, project!.id, [team.id]);
    const { rows } = await db.pool.query('select team_id from project_team where project_id = $1', [
      project!.id,
    ]);
    expect(rows).toEqual([{ team_id: team.id }]);
  });

  it('take the first slug that is free', async () => {
    await createProject(db.pool, newProject(['first']));
    const project = await createProject(db.pool, newProject(['first', 'second', 'third']));
    expect(project?.slug).toBe('second');
  });

  it('are not made when every slug is taken, and leave no key behind', async () => {
    await createProject(db.pool, newProject(['taken']));
    const project = newProject(['taken']);
    expect(await createProject(db.pool, project)).toBeNull();
    const { rows } = await db.pool.query('select from project_key where public_key = $1', [
      project.publicKey,
    ]);
    expect(rows).toEqual([]);
  });

  it('of one name made by twenty callers at the same moment get twenty slugs without a lock', async () => {
    const create = async (): Promise<string> => {
      const slugs = projectSlugCandidates('Busy', { hex: randomHex, text: randomText });
      return (await createProject(db.pool, newProject(slugs)))?.slug ?? create();
    };
    const slugs = await Promise.all(Array.from({ length: 20 }, create));
    expect(new Set(slugs).size).toBe(20);
    expect(slugs).toContain('busy');
  });

  it('that are not active are not found', async () => {
    const project = await createProject(db.pool, newProject(['ghost']));
    await db.pool.query("update project set status = 'pending_deletion' where id = $1", [
      project!.id,
    ]);
    expect(await findProject(directModels(db.pool), acme.id, 'ghost')).toBeNull();
  });
});

describe('people', () => {
  it('are found by their e-mail in any letter case', async () => {
    const user = await createUser(db.pool, { email: 'Ada@acme.test', name: 'Ada' });
    expect(user).toMatchObject({ email: 'Ada@acme.test', name: 'Ada', isActive: true });
    expect(await findUserByEmail(db.pool, 'aDA@ACME.test')).toEqual(user);
    expect(await createUser(db.pool, { email: 'ada@acme.test', name: 'Eve' })).toBeNull();
  });

  it('join with the role of the organization, and keep the one they have unless it is named', async () => {
    const user = (await createUser(db.pool, { email: 'bob@acme.test', name: '' }))!;
    const join = (role: 'owner' | null) =>
      upsertMember(db.pool, { organizationId: acme.id, userId: user.id, role });
    const member = await join(null);
    expect(member.role).toBe('member');
    expect(await join('owner')).toEqual({ id: member.id, role: 'owner' });
    expect(await join(null)).toEqual({ id: member.id, role: 'owner' });
  });

  it('may be put on a team twice', async () => {
    const team = (await createTeam(db.pool, {
      organizationId: acme.id,
      slug: 'ops',
      name: 'Ops',
    }))!;
    expect(
      await createTeam(db.pool, { organizationId: acme.id, slug: 'ops', name: '' }),
    ).toBeNull();
    expect(await findTeams(db.pool, acme.id, ['ops', 'nope'])).toEqual([team]);
    const user = (await createUser(db.pool, { email: 'eve@acme.test', name: '' }))!;
    const member = await upsertMember(db.pool, {
      organizationId: acme.id,
      userId: user.id,
      role: null,
    });
    await addTeamMember(db.pool, member.id, [team.id]);
    await addTeamMember(db.pool, member.id, [team.id]);
    const { rows } = await db.pool.query('select team_id from team_member where member_id = $1', [
      member.id,
    ]);
    expect(rows).toEqual([{ team_id: team.id }]);
  });

  it('have options that replace each other by key', async () => {
    const user = (await createUser(db.pool, { email: 'opt@acme.test', name: '' }))!;
    await setOptions(db.pool, 'user', user.id, new Map([['k', '0']]));
    await setOptions(db.pool, 'user', user.id, new Map([['k', '1']]));
    const { rows } = await db.pool.query('select key, value from user_option where user_id = $1', [
      user.id,
    ]);
    expect(rows).toEqual([{ key: 'k', value: '1' }]);
  });
});

describe('tokens', () => {
  it('of users and organizations never share an id, because revoking names nothing else', async () => {
    const user = (await createUser(db.pool, { email: 'tok@acme.test', name: '' }))!;
    const userToken = () =>
      createUserToken(db.pool, { ...newToken(), userId: user.id, name: null });
    const organizationToken = () =>
      createOrganizationToken(db.pool, {
        ...newToken(),
        organizationId: acme.id,
        name: 'ci',
        createdBy: null,
      });
    const made = [
      await userToken(),
      await organizationToken(),
      await userToken(),
      await organizationToken(),
    ];
    expect(new Set(made.map(({ id }) => id)).size).toBe(4);
    expect((await listUserTokens(db.pool, user.id, 10)).map(({ id }) => id)).toEqual([
      made[2]!.id,
      made[0]!.id,
    ]);
  });

  it('end at once when they are revoked, and only once', async () => {
    const user = (await createUser(db.pool, { email: 'rev@acme.test', name: '' }))!;
    const mine = { ...newToken(), userId: user.id, name: null };
    const ours = { ...newToken(), organizationId: acme.id, name: 'ci', createdBy: user.id };
    const { id: mineId } = await createUserToken(db.pool, mine);
    const { id: oursId } = await createOrganizationToken(db.pool, ours);
    expect(await findToken(directModels(db.pool), mine.tokenHash)).toMatchObject({
      kind: 'user',
      user: { id: user.id },
    });
    expect(await findToken(directModels(db.pool), ours.tokenHash)).toMatchObject({
      kind: 'organization',
      organizationId: acme.id,
    });
    expect(await revokeToken(db.pool, mineId)).toEqual({ kind: 'user' });
    expect(await revokeToken(db.pool, oursId)).toEqual({
      kind: 'organization',
      organizationId: acme.id,
      name: 'ci',
      scopes: ours.scopes,
    });
    expect(await findToken(directModels(db.pool), mine.tokenHash)).toBeNull();
    expect(await findToken(directModels(db.pool), ours.tokenHash)).toBeNull();
    expect(await revokeToken(db.pool, mineId)).toBeNull();
    expect(await revokeToken(db.pool, oursId)).toBeNull();
  });

  it('of an organization are listed by their last use, those never used last', async () => {
    const other = (await createOrganization(db.pool, { slug: 'lists', name: 'L' }))!;
    const create = (name: string) =>
      createOrganizationToken(db.pool, {
        ...newToken(),
        organizationId: other.id,
        name,
        createdBy: null,
      });
    const ids = [await create('b'), await create('a'), await create('c'), await create('d')].map(
      ({ id }) => id,
    );
    await db.pool.query('update org_auth_token set date_last_used = now() where id = $1', [ids[2]]);
    await revokeToken(db.pool, ids[3]!);
    expect((await listOrganizationTokens(db.pool, other.id, 10)).map(({ name }) => name)).toEqual([
      'c',
      'a',
      'b',
    ]);
  });
});

describe('repositories', () => {
  const connect = (name: string) =>
    transaction(db.pool, (tx) =>
      createRepository(tx, {
        organizationId: acme.id,
        name,
        provider: 'github',
        url: `https://github.com/${name}`,
      }),
    );

  it('have one name once', async () => {
    expect(await connect('acme/web')).toMatchObject({
      name: 'acme/web',
    });
    expect(await connect('acme/web')).toBeNull();
  });

  it('that a commit list has named get their provider and keep their commits', async () => {
    const { rows } = await db.pool.query(
      "insert into repository (organization_id, name) values ($1, 'acme/api') returning id",
      [acme.id],
    );
    expect(await connect('acme/api')).toMatchObject({
      id: rows[0].id,
      name: 'acme/api',
    });
    const { rows: after } = await db.pool.query(
      "select provider, url from repository where name = 'acme/api'",
    );
    expect(after).toEqual([{ provider: 'github', url: 'https://github.com/acme/api' }]);
  });

  it('that are made twice at once are one', async () => {
    const made = await Promise.all([1, 2, 3].map(() => connect('acme/race')));
    expect(made.filter((result) => result !== null)).toHaveLength(1);
  });

  it('that are hidden do not keep a name', async () => {
    await db.pool.query(
      "insert into repository (organization_id, name, provider, status) values ($1, 'acme/old', 'git', 'hidden')",
      [acme.id],
    );
    expect(await connect('acme/old')).not.toBeNull();
  });
});
