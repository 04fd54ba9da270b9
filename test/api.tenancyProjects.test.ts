// Projects over HTTP: creation, settings, renames and what the old slug answers, keys, teams.
import { beforeAll, describe, expect, it, test } from 'vitest';
import { decodeSnowflake } from '../domain/snowflake.ts';
import { shortJson } from './support/shortJson.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const org = '/api/0/organizations/acme/';
const teamProjects = '/api/0/teams/acme/crew/projects/';
const project = (slug: string): string => `/api/0/projects/acme/${slug}/`;

const create = async (body: unknown) => slipway.call('POST', teamProjects, { body });

const auditRows = async (projectId: string) =>
  (
    await slipway.pool.query<{ event: string; data: Record<string, unknown> }>(
      'select event, data from audit_log where target_object = $1 order by id',
      [projectId],
    )
  ).rows;

describe('a project made for a team', () => {
  it('answers its summary, has a key and the team, and is in the audit log', async () => {
    const { status, body } = await create({ name: 'Shop Front', platform: 'javascript-react' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      slug: 'shop-front',
      name: 'Shop Front',
      platform: 'javascript-react',
      isMember: true,
      teams: [{ slug: 'crew' }],
    });
    const keys = await slipway.call('GET', `${project('shop-front')}keys/`);
    expect(keys.body).toMatchObject([
      { isActive: true, dsn: { public: expect.stringContaining(`@slipway.test/${body.id}`) } },
    ]);
    expect(await auditRows(body.id)).toEqual([
      {
        event: 'project.create',
        data: {
          id: Number(body.id),
          slug: 'shop-front',
          name: 'Shop Front',
          status: 0,
          public: false,
        },
      },
    ]);
  });

  it('has a snowflake of region 0 that a JavaScript number holds', async () => {
    const { body } = await create({ name: 'Flake' });
    const { version, region, unixSeconds } = decodeSnowflake(BigInt(body.id));
    expect({ version, region }).toEqual({ version: 1, region: 0 });
    expect(Math.abs(unixSeconds - Date.now() / 1_000)).toBeLessThan(300);
    expect(String(Number(body.id))).toBe(body.id);
  });

  test.each(
    [
      [{}, { name: ['This field is required.'] }],
      [{ name: '' }, { name: ['This field may not be blank.'] }],
      [{ name: 'x'.repeat(51) }, { name: ['Ensure this field has no more than 50 characters.'] }],
      [{ name: 'settings' }, { name: ['The name "settings" is reserved and not allowed.'] }],
      [
        { name: 'a', slug: 'No' },
        {
          slug: [
            'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.',
          ],
        },
      ],
      [{ name: 'a', platform: 'cobol' }, { platform: ['Invalid platform'] }],
      [{ name: 'a', default_rules: 'maybe' }, { default_rules: ['Must be a valid boolean.'] }],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )('of %s is refused', async (_, body, errors) => {
    expect(await create(body)).toMatchObject({ status: 400, body: errors });
  });

  it('of a slug that is taken is a conflict, of a name that is taken gets a suffix', async () => {
    await create({ name: 'Twice', slug: 'twice' });
    expect(await create({ name: 'Other', slug: 'twice' })).toMatchObject({
      status: 409,
      body: { detail: 'A project with this slug already exists.' },
    });
    expect((await create({ name: 'Twice' })).body.slug).toMatch(/^twice-[a-z0-9]{2}$/);
  });

  it('of a numeric name gets a slug that cannot be taken for an id', async () => {
    expect((await create({ name: '123' })).body.slug).toMatch(/^123-[a-z0-9]{2}$/);
  });

  it('of an unknown team is not found', async () => {
    const answer = await slipway.call('POST', '/api/0/teams/acme/nope/projects/', {
      body: { name: 'a' },
    });
    expect(answer.status).toBe(404);
  });

  it('may be made by members of the team with project:read, unless the organization says no', async () => {
    const { userToken, addMember, teamId } = slipway.tenant;
    const inside = await userToken(['project:read'], await addMember('member', [teamId]));
    const outside = await userToken(['project:read'], await addMember('member'));
    const call = (token: string, name: string) =>
      slipway.call('POST', teamProjects, { token, body: { name } });
    expect((await call(inside, 'of a member')).status).toBe(201);
    expect((await call(outside, 'of a stranger')).status).toBe(403);
    const setting = (allowMemberProjectCreation: boolean) =>
      slipway.call('PUT', org, { body: { allowMemberProjectCreation } });
    await setting(false);
    expect(await call(inside, 'not any more')).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('disabled this feature') },
    });
    expect((await create({ name: 'Of the owner' })).status).toBe(201);
    await setting(true);
  });
});

describe('a project made in the organization', () => {
  it('brings the team of its maker, which the next one shares', async () => {
    const first = await slipway.call('POST', `${org}projects/`, { body: { name: 'Solo' } });
    expect(first.status).toBe(201);
    expect(first.body.team_slug).toMatch(/^team-owner-/);
    const second = await slipway.call('POST', `${org}projects/`, { body: { name: 'Solo two' } });
    expect(second.body.team_slug).toBe(first.body.team_slug);
    expect((await auditRows(first.body.id))[0]?.event).toBe('team-and-project.created');
    expect((await auditRows(second.body.id))[0]?.event).toBe('project.create');
  });

  it('belongs to the team that the body names', async () => {
    const { body } = await slipway.call('POST', `${org}projects/`, {
      body: { name: 'Of crew', team: 'crew' },
    });
    expect(body).toMatchObject({ team_slug: 'crew', teams: [{ slug: 'crew' }] });
    const unknown = await slipway.call('POST', `${org}projects/`, {
      body: { name: 'x', team: 'nope' },
    });
    expect(unknown).toMatchObject({ status: 400, body: { team: ['This team does not exist.'] } });
  });
});

describe('settings of a project', () => {
  beforeAll(async () => {
    await create({ name: 'Settings here', slug: 'tunable' });
  });
  const put = (body: unknown, token?: string) =>
    slipway.call('PUT', project('tunable'), token === undefined ? { body } : { body, token });

  it('are stored, shown by name, and audited also when nothing changed', async () => {
    const { status, body } = await put({
      name: 'Tuned',
      platform: 'node',
      resolveAge: '24',
      sensitiveFields: ['token'],
      scrapeJavaScript: 'false',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'Tuned',
      platform: 'node',
      resolveAge: 24,
      sensitiveFields: ['token'],
      scrapeJavaScript: false,
      digestsMinDelay: 300,
      organization: { slug: 'acme' },
    });
    await put({});
    expect((await auditRows(body.id)).slice(-2).map(({ event, data }) => [event, data])).toEqual([
      [
        'project.edit',
        expect.objectContaining({ old_name: 'Settings here', resolveAge: 24, name: 'Tuned' }),
      ],
      ['project.edit', expect.not.objectContaining({ resolveAge: 24 })],
    ]);
  });

  it('are also taken by their storage keys', async () => {
    expect(
      (await put({ options: { 'mail:subject_prefix': '[x]', unknown: 1 } })).body,
    ).toMatchObject({ subjectPrefix: '[x]' });
  });

  test.each(
    [
      [{ slug: 'settings' }, { slug: ['The slug "settings" is reserved and not allowed.'] }],
      [{ slug: 'web' }, { slug: ['Another project (web) is already using that slug'] }],
      [
        { digestsMinDelay: 59 },
        { digestsMinDelay: ['Ensure this value is greater than or equal to 60.'] },
      ],
      [
        { digestsMaxDelay: 3601 },
        { digestsMaxDelay: ['Ensure this value is less than or equal to 3600.'] },
      ],
      [
        { digestsMinDelay: 900, digestsMaxDelay: 600 },
        { digestsMinDelay: ['The minimum delay on digests must be lower than the maximum.'] },
      ],
      [
        { digestsMinDelay: 3600 },
        { digestsMinDelay: ['The minimum delay on digests must be lower than the maximum.'] },
      ],
      [
        { copy_from_project: '999' },
        { copy_from_project: ['Project to copy settings from not found.'] },
      ],
      [{ copy_from_project: 'web' }, { copy_from_project: ['A valid integer is required.'] }],
      [{ platform: 'xbox' }, { platform: [expect.stringContaining('not enabled')] }],
      [{ resolveAge: 'soon' }, { resolveAge: ['A valid integer is required.'] }],
      [
        { subjectTemplate: 'x'.repeat(201) },
        { subjectTemplate: ['Ensure this field has no more than 200 characters.'] },
      ],
      [
        { sensitiveFields: ['x'.repeat(4001)] },
        { sensitiveFields: ['Ensure this field has no more than 4000 characters.'] },
      ],
      [{ storeCrashReports: -2 }, { storeCrashReports: [expect.stringContaining('-1')] }],
      [{ groupingConfig: 'legacy' }, { groupingConfig: ['Grouping cannot be configured.'] }],
      [{ name: '' }, { name: ['This field may not be blank.'] }],
      [{ slug: null }, { slug: ['This field may not be null.'] }],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )('%s is refused', async (_, body, errors) => {
    expect(await put(body)).toMatchObject({ status: 400, body: errors });
  });

  it('are copied from another project, and changed by what else is given', async () => {
    await create({ name: 'Model', slug: 'model' });
    const from = await slipway.call('PUT', project('model'), {
      body: { resolveAge: 48, subjectPrefix: '[model]' },
    });
    const made = await slipway.call('POST', `${org}teams/`, { body: { slug: 'modellers' } });
    await slipway.call('POST', `${project('model')}teams/modellers/`);
    await create({ name: 'Copy', slug: 'copy' });
    const copied = await slipway.call('PUT', project('copy'), {
      body: { copy_from_project: from.body.id, resolveAge: 24 },
    });
    expect(copied).toMatchObject({
      status: 200,
      body: { slug: 'copy', resolveAge: 24, subjectPrefix: '[model]' },
    });
    const teams = copied.body.teams.map(({ id }: { id: string }) => id);
    expect(teams).toContain(made.body.id);
  });

  it('name platforms of consoles only where the operator has enabled them', async () => {
    await create({ name: 'Game', slug: 'game' });
    const refused = { status: 400, body: { platform: [expect.stringContaining('not enabled')] } };
    expect(await create({ name: 'Other', platform: 'playstation' })).toMatchObject(refused);
    await slipway.pool.query(
      `insert into organization_option (organization_id, key, value)
       values ($1, 'sentry:enabled_console_platforms', '["playstation"]')`,
      [slipway.tenant.organizationId],
    );
    const set = (platform: string) => slipway.call('PUT', project('game'), { body: { platform } });
    expect(await set('playstation')).toMatchObject({
      status: 200,
      body: { platform: 'playstation' },
    });
    expect(await set('xbox')).toMatchObject(refused);
  });

  it('are not for members, who may bookmark', async () => {
    const token = await slipway.token(['project:read']);
    expect(await put({ name: 'Mine' }, token)).toMatchObject({
      status: 403,
      body: { detail: expect.stringMatching(/^You do not have permission to perform.*name/) },
    });
    expect(await put({ isBookmarked: true, scrapeJavaScript: false }, token)).toMatchObject({
      status: 200,
      body: { isBookmarked: true, name: 'Tuned' },
    });
    expect((await put({ isBookmarked: false }, token)).body.isBookmarked).toBe(false);
  });

  it('change one after the other when twenty callers ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => put({ name: `Name ${index}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('a renamed project', () => {
  let id: string;
  beforeAll(async () => {
    id = (await create({ name: 'Before', slug: 'before' })).body.id;
    await slipway.call('PUT', project('before'), { body: { slug: 'after' } });
  });
  const moved = (location: string) => ({
    status: 302,
    body: {
      slug: 'after',
      detail: {
        slug: 'after',
        code: 'resource-moved',
        message: 'Resource has been moved',
        extra: { url: location, slug: 'after' },
      },
    },
  });

  test.each([
    ['GET', '', ''],
    ['GET', '', '?collapse=organization'],
    ['PUT', '', ''],
    ['GET', 'keys/', ''],
    ['GET', 'environments/', '?visibility=all'],
    ['GET', 'releases/', ''],
    ['POST', 'releases/', ''],
    ['GET', 'releases/1.0.0%2B1/', ''],
    ['PUT', 'releases/1.0.0%2B1/', ''],
    ['DELETE', 'releases/1.0.0%2B1/', ''],
    ['GET', 'releases/1.0.0%2B1/commits/', ''],
  ])('answers %s %s%s at its old slug with where it is', async (method, below, query) => {
    const body = method === 'POST' ? { version: '1.0.0' } : method === 'PUT' ? {} : undefined;
    const answer = await slipway.call(
      method,
      `${project('before')}${below}${query}`,
      body === undefined ? {} : { body },
    );
    const location = `${project('after')}${below}${query}`;
    expect(answer).toMatchObject(moved(location));
    expect(answer.headers.get('location')).toBe(location);
  });

  it('hides the rename from those who may not see it', async () => {
    await slipway.call('PUT', org, { body: { openMembership: false } });
    const stranger = await slipway.tenant.userToken(
      ['project:read'],
      await slipway.tenant.addMember('member'),
    );
    const answer = await slipway.call('GET', project('before'), { token: stranger });
    expect(answer.status).toBe(404);
    await slipway.call('PUT', org, { body: { openMembership: true } });
  });

  it('gives way to a live project with the old slug', async () => {
    const other = (await create({ name: 'New', slug: 'before' })).body;
    expect((await slipway.call('GET', project('before'))).body.id).toBe(other.id);
  });

  it('answers by id as ever, and at each of its old slugs at once', async () => {
    expect((await slipway.call('GET', project(id))).body.slug).toBe('after');
    await slipway.call('PUT', project('after'), { body: { slug: 'later' } });
    expect((await slipway.call('GET', project('after'))).body.slug).toBe('later');
    await slipway.call('PUT', project('later'), { body: { slug: 'after' } });
    expect((await slipway.call('GET', project('after'))).body.id).toBe(id);
    expect((await slipway.call('GET', project('later'))).body.slug).toBe('after');
  });
});

describe('teams of a project', () => {
  it('are given and taken, with an audit entry for each change', async () => {
    const { body } = await create({ name: 'Shared', slug: 'shared' });
    await slipway.call('POST', `${org}teams/`, { body: { slug: 'guests' } });
    const link = `${project('shared')}teams/guests/`;
    for (const round of [1, 2]) {
      const added = await slipway.call('POST', link);
      expect([round, added.status]).toEqual([round, 201]);
      expect(added.body.teams).toHaveLength(2);
    }
    const teams = await slipway.call('GET', `${project('shared')}teams/`);
    expect(teams.body.map(({ slug }: { slug: string }) => slug)).toEqual(['crew', 'guests']);
    expect((await slipway.call('DELETE', link)).body.teams).toHaveLength(1);
    expect((await auditRows(body.id)).map(({ event }) => event)).toEqual([
      'project.create',
      'project-team.add',
      'project-team.remove',
    ]);
  });

  it('list their projects', async () => {
    const { body } = await slipway.call('GET', `${teamProjects}?statsPeriod=14d`);
    expect(body.map(({ slug }: { slug: string }) => slug)).toContain('shared');
    expect(await slipway.call('GET', `${teamProjects}?statsPeriod=1y`)).toMatchObject({
      status: 400,
      body: { error: { params: { stats_period: { message: expect.any(String) } } } },
    });
  });
});

test('two hundred projects of one name made at once get two hundred ids and slugs', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => create({ name: 'Stampede' })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(200);
  expect(new Set(answers.map(({ body }) => body.slug)).size).toBe(200);
  expect(answers.map(({ body }) => body.slug)).toContain('stampede');
});

test('two hundred projects of distinct slugs and fifty of one, made at once, meet nothing but the documented conflict', async () => {
  const distinct = Array.from({ length: 200 }, (_, index) => `rush-${index}`);
  const all = [...distinct, ...Array.from({ length: 50 }, () => 'rush')];
  const answers = await Promise.all(all.map((slug) => create({ name: slug, slug })));
  expect(answers.slice(0, 200).map(({ status, body }) => [status, body.slug])).toEqual(
    distinct.map((slug) => [201, slug]),
  );
  const ofOne = answers.slice(200).map(({ status }) => status);
  expect(ofOne.filter((status) => status === 201)).toHaveLength(1);
  expect(ofOne.filter((status) => status === 409)).toHaveLength(49);
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
  expect(new Set(made).size).toBe(201);
});
