// Members and teams over HTTP: who may add, change and remove whom; joining and leaving; the last owner.
import { describe, expect, it, test } from 'vitest';
import type { Scope } from '../domain/scopes.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const acme = '/api/0/organizations/acme/';
const members = `${acme}members/`;
const teams = `${acme}teams/`;

const add = (body: Record<string, unknown>, token?: string) =>
  slipway.call('POST', members, token === undefined ? { body } : { body, token });

const memberToken = async (
  role: 'member' | 'admin' | 'manager' | 'owner',
  scopes: readonly Scope[],
): Promise<string> => slipway.tenant.userToken(scopes, await slipway.tenant.addMember(role));

describe('members', () => {
  it('are added by e-mail with role and teams, and can be looked at', async () => {
    const { status, body } = await add({
      email: 'New.Person@acme.test',
      orgRole: 'admin',
      teamRoles: [{ teamSlug: 'crew', role: null }],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      email: 'New.Person@acme.test',
      role: 'admin',
      orgRole: 'admin',
      roleName: 'Admin',
      pending: false,
      teams: ['crew'],
      user: { email: 'New.Person@acme.test', isActive: true },
    });
    const found = await slipway.call('GET', `${members}${body.id}/`);
    expect(found.body).toMatchObject({ id: body.id, orgRoleList: expect.any(Array) });
    const listed = await slipway.call('GET', `${members}?query=new.person`);
    expect(listed.body).toHaveLength(1);
    expect((await slipway.call('GET', `${members}?query=role:admin`)).body).toHaveLength(1);
    expect(await add({ email: 'new.person@acme.test' })).toMatchObject({
      status: 400,
      body: { email: ['The user new.person@acme.test is already a member'] },
    });
  });

  it('get the default role of the organization when none is named', async () => {
    expect((await add({ email: 'plain@acme.test' })).body.role).toBe('member');
  });

  test.each([
    [{}, { email: ['This field is required.'] }],
    [{ email: 'nobody' }, { email: ['Enter a valid email address.'] }],
    [{ email: 'a@b.test', role: 'king' }, { role: ['"king" is not a valid choice.'] }],
    [{ email: 'a@b.test', teams: ['nope'] }, { teams: ['Invalid team slug.'] }],
  ])('of %j are refused', async (body, errors) => {
    expect(await add(body)).toMatchObject({ status: 400, body: errors });
  });

  it('are never given a role above that of whoever adds them', async () => {
    const admin = await memberToken('admin', ['member:invite']);
    expect((await add({ email: 'up@acme.test', role: 'owner' }, admin)).status).toBe(403);
    expect((await add({ email: 'level@acme.test', role: 'admin' }, admin)).status).toBe(201);
  });

  it('cannot be invited by members where the organization says no', async () => {
    const inviter = await memberToken('member', ['member:invite']);
    await slipway.call('PUT', acme, { body: { allowMemberInvite: false } });
    expect((await add({ email: 'no@acme.test' }, inviter)).status).toBe(403);
    expect((await add({ email: 'yes@acme.test' })).status).toBe(201);
    await slipway.call('PUT', acme, { body: { allowMemberInvite: true } });
    expect((await add({ email: 'no@acme.test' }, inviter)).status).toBe(201);
  });

  it('change role and teams, but not by themselves, and not above whoever changes them', async () => {
    const { body } = await add({ email: 'change@acme.test', teams: ['crew'] });
    const path = `${members}${body.id}/`;
    const changed = await slipway.call('PUT', path, { body: { orgRole: 'manager', teams: [] } });
    expect(changed).toMatchObject({ status: 200, body: { role: 'manager', teams: [] } });
    const manager = await memberToken('manager', ['member:write']);
    const up = await slipway.call('PUT', path, { token: manager, body: { role: 'owner' } });
    expect(up.status).toBe(403);
    const self = await slipway.call('PUT', `${members}me/`, { body: { role: 'member' } });
    expect(self).toMatchObject({
      status: 400,
      body: { detail: 'You cannot make changes to your own membership.' },
    });
    const ownerMember = (await slipway.call('GET', `${members}me/`)).body.id;
    const down = await slipway.call('PUT', `${members}${ownerMember}/`, {
      token: manager,
      body: { role: 'member' },
    });
    expect(down.status).toBe(403);
  });

  it('leave by themselves, are taken out with member:admin, and lose their access at once', async () => {
    const userId = await slipway.tenant.addMember('member');
    const token = await slipway.tenant.userToken(['member:read', 'org:read'], userId);
    const other = (await add({ email: 'stays@acme.test' })).body.id;
    expect((await slipway.call('DELETE', `${members}${other}/`, { token })).status).toBe(403);
    expect((await slipway.call('DELETE', `${members}me/`, { token })).status).toBe(204);
    expect((await slipway.call('GET', acme, { token })).status).toBe(404);
    expect((await slipway.call('DELETE', `${members}${other}/`)).status).toBe(204);
    expect((await slipway.call('DELETE', `${members}${other}/`)).status).toBe(404);
  });

  it('of another organization are not found', async () => {
    await slipway.call('POST', '/api/0/organizations/', { body: { name: 'Elsewhere' } });
    const [foreign] = (await slipway.call('GET', '/api/0/organizations/elsewhere/members/')).body;
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await slipway.call(method, `${members}${foreign.id}/`, {
        ...(method === 'PUT' ? { body: {} } : {}),
      });
      expect([method, answer.status]).toEqual([method, 404]);
    }
  });

  it('always leave one owner, also when two owners take each other out at once', async () => {
    const { body: duel } = await slipway.call('POST', '/api/0/organizations/', {
      body: { name: 'Duel' },
    });
    const path = `/api/0/organizations/${duel.slug}/members/`;
    expect(await slipway.call('DELETE', `${path}me/`)).toMatchObject({
      status: 403,
      body: { detail: 'You cannot remove the only remaining owner of the organization.' },
    });
    const second = (
      await slipway.call('POST', path, { body: { email: 'second@duel.test', role: 'owner' } })
    ).body;
    const secondToken = await slipway.tenant.userToken(
      ['member:read', 'member:admin'],
      second.user.id,
    );
    const first = (await slipway.call('GET', `${path}me/`)).body;
    const answers = await Promise.all([
      slipway.call('DELETE', `${path}${second.id}/`),
      slipway.call('DELETE', `${path}${first.id}/`, { token: secondToken }),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const { rows } = await slipway.pool.query(
      "select from member where organization_id = $1 and role = 'owner'",
      [duel.id],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('teams', () => {
  it('are made, seen, changed and deleted, and their maker is on them', async () => {
    const made = await slipway.call('POST', teams, { body: { name: 'Night Shift' } });
    expect(made).toMatchObject({
      status: 201,
      body: { slug: 'night-shift', name: 'Night Shift', isMember: true, memberCount: 1 },
    });
    const path = '/api/0/teams/acme/night-shift/';
    expect((await slipway.call('GET', path)).body).toMatchObject({
      projects: [],
      organization: { slug: 'acme' },
    });
    const listed = await slipway.call('GET', `${teams}?query=night`);
    expect(listed.body).toMatchObject([{ slug: 'night-shift', projects: [] }]);
    const people = await slipway.call('GET', `${path}members/`);
    expect(people.body).toMatchObject([{ user: { id: slipway.tenant.ownerId } }]);
    const renamed = await slipway.call('PUT', path, { body: { slug: 'day-shift' } });
    expect(renamed).toMatchObject({
      status: 200,
      body: { slug: 'day-shift', name: 'Night Shift' },
    });
    expect((await slipway.call('GET', path)).status).toBe(404);
    expect((await slipway.call('DELETE', '/api/0/teams/acme/day-shift/')).status).toBe(204);
    expect((await slipway.call('DELETE', '/api/0/teams/acme/day-shift/')).status).toBe(404);
    const { rows } = await slipway.pool.query(
      "select event from audit_log where event like 'team.%' order by id",
    );
    expect(rows.map(({ event }) => event)).toEqual(['team.create', 'team.edit', 'team.remove']);
  });

  it('with a slug that is taken are refused', async () => {
    expect(await slipway.call('POST', teams, { body: { slug: 'crew' } })).toMatchObject({
      status: 409,
      body: { detail: 'A team with this slug already exists.' },
    });
    await slipway.call('POST', teams, { body: { slug: 'other' } });
    const renamed = await slipway.call('PUT', '/api/0/teams/acme/other/', {
      body: { slug: 'crew' },
    });
    expect(renamed).toMatchObject({
      status: 400,
      body: { slug: ['The slug "crew" is already in use.'] },
    });
    expect((await slipway.call('POST', teams, { body: {} })).status).toBe(400);
  });

  it('that are deleted leave their projects', async () => {
    await slipway.call('POST', teams, { body: { slug: 'leaving' } });
    await slipway.call('POST', '/api/0/teams/acme/leaving/projects/', {
      body: { name: 'Staying' },
    });
    await slipway.call('DELETE', '/api/0/teams/acme/leaving/');
    const { body } = await slipway.call('GET', '/api/0/projects/acme/staying/');
    expect(body.teams).toEqual([]);
  });

  it('are joined and left freely where membership is open, and only left where it is not', async () => {
    const token = await memberToken('member', ['org:read']);
    const mine = `${members}me/teams/crew/`;
    const call = (method: string, path = mine) => slipway.call(method, path, { token });
    expect((await call('POST')).body).toMatchObject({ slug: 'crew', isMember: true });
    expect((await call('POST')).status).toBe(204);
    await slipway.call('PUT', acme, { body: { openMembership: false } });
    expect((await call('DELETE')).body).toMatchObject({ slug: 'crew', isMember: false });
    expect((await call('POST')).status).toBe(403);
    await slipway.call('PUT', acme, { body: { openMembership: true } });
    const other = (await add({ email: 'passive@acme.test' })).body.id;
    expect((await call('POST', `${members}${other}/teams/crew/`)).status).toBe(403);
    expect((await slipway.call('POST', `${members}${other}/teams/crew/`)).status).toBe(201);
  });

  it('decide what their members see where membership is closed', async () => {
    await slipway.call('PUT', acme, { body: { openMembership: false } });
    const userId = await slipway.tenant.addMember('member');
    const token = await slipway.tenant.userToken(['project:read'], userId);
    const look = () => slipway.call('GET', '/api/0/projects/acme/web/', { token });
    expect((await look()).status).toBe(404);
    const [member] = (await slipway.call('GET', `${members}?query=member-`)).body.filter(
      ({ user }: { user: { id: string } }) => user.id === userId,
    );
    await slipway.call('POST', `${members}${member.id}/teams/crew/`);
    expect((await look()).status).toBe(200);
    await slipway.call('PUT', acme, { body: { openMembership: true } });
  });
});
