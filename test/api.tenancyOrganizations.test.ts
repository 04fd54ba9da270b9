// Organizations over HTTP: creation, details, settings with their audit entries, slugs, the audit log.
import { beforeEach, describe, expect, it, test } from 'vitest';
import { decodeSnowflake } from '../domain/snowflake.ts';
import { shortJson } from './support/shortJson.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const acme = '/api/0/organizations/acme/';

const put = (body: unknown, token?: string) =>
  slipway.call('PUT', acme, token === undefined ? { body } : { body, token });

const audit = async (query = '') => (await slipway.call('GET', `${acme}audit-logs/${query}`)).body;

describe('options that narrow what members may do', () => {
  test('take event:admin and alerts:write away from members alone, at once, until they are on again', async () => {
    const deleteAs = async (role: 'member' | 'admin') => {
      const { tenant } = slipway;
      const userId = await tenant.addMember(role, [tenant.teamId]);
      const token = await tenant.userToken(['event:admin'], userId);
      return async (): Promise<number> =>
        (await slipway.call('DELETE', `${acme}issues/1/`, { token })).status;
    };
    const [member, admin] = [await deleteAs('member'), await deleteAs('admin')];
    // There is no such issue, which is all that is said to those who may.
    expect([await member(), await admin()]).toEqual([404, 404]);
    expect((await put({ eventsMemberAdmin: false })).status).toBe(200);
    expect([await member(), await admin()]).toEqual([403, 404]);
    expect((await put({ eventsMemberAdmin: true, alertsMemberWrite: false })).status).toBe(200);
    expect([await member(), await admin()]).toEqual([404, 404]);
    await put({ alertsMemberWrite: true });
  });
});

describe('a new organization', () => {
  it('belongs to whoever makes it and has a snowflake', async () => {
    const { status, body } = await slipway.call('POST', '/api/0/organizations/', {
      body: { name: 'Blue Harvest', defaultTeam: true },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      slug: 'blue-harvest',
      name: 'Blue Harvest',
      orgRole: 'owner',
      openMembership: true,
      projects: [],
      teams: [{ slug: 'blue-harvest', isMember: true }],
    });
    expect(decodeSnowflake(BigInt(body.id))).toMatchObject({ version: 1, region: 0 });
    const members = await slipway.call('GET', '/api/0/organizations/blue-harvest/members/');
    expect(members.body).toMatchObject([{ role: 'owner', user: { id: slipway.tenant.ownerId } }]);
    const { rows } = (await slipway.call('GET', '/api/0/organizations/blue-harvest/audit-logs/'))
      .body;
    expect(rows).toMatchObject([{ event: 'org.create', note: 'created the organization' }]);
  });

  it('of a name that is taken or reserved gets another slug', async () => {
    const slugs = [];
    for (const name of ['Acme', 'api', '12345']) {
      slugs.push(
        (await slipway.call('POST', '/api/0/organizations/', { body: { name } })).body.slug,
      );
    }
    expect(slugs).toEqual([
      expect.stringMatching(/^acme-[a-z0-9]+$/),
      expect.stringMatching(/^[a-f0-9]{12}/),
      expect.stringMatching(/^12345-[a-z0-9]+$/),
    ]);
  });

  test.each(
    [
      [{}, { name: ['This field is required.'] }],
      [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
      [{ name: 'x', slug: 'acme' }, { slug: ['The slug "acme" is already in use.'] }],
      [
        { name: 'x', slug: 'ab' },
        { slug: ['This slug "ab" is too short. Minimum of 3 characters.'] },
      ],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )('of %s is refused', async (_, body, errors) => {
    expect(await slipway.call('POST', '/api/0/organizations/', { body })).toMatchObject({
      status: 400,
      body: errors,
    });
  });

  it('is not for organization tokens', async () => {
    const answer = await slipway.call('POST', '/api/0/organizations/', {
      token: slipway.tenant.organizationToken,
      body: { name: 'x' },
    });
    expect(answer.status).toBe(403);
  });
});

describe('details of an organization', () => {
  it('carry every setting with its default', async () => {
    const { body } = await slipway.call('GET', acme);
    expect(body).toMatchObject({
      allowJoinRequests: true,
      allowMemberInvite: true,
      debugFilesRole: 'admin',
      storeCrashReports: 0,
      scrapeJavaScript: true,
      sensitiveFields: null,
      projects: [{ slug: 'api' }, { slug: 'web' }],
      teams: [{ slug: 'crew' }],
      avatar: { avatarType: 'letter_avatar' },
    });
  });

  it('leave projects and teams out when they are not wanted', async () => {
    const { body } = await slipway.call('GET', `${acme}?detailed=0`);
    expect(body).toHaveProperty('openMembership');
    expect(body).not.toHaveProperty('projects');
    expect(body).not.toHaveProperty('teams');
  });

  it('are a summary for tokens without org:read', async () => {
    for (const token of [slipway.tenant.organizationToken, await slipway.token(['project:read'])]) {
      const { status, body } = await slipway.call('GET', acme, { token });
      expect(status).toBe(200);
      expect(body).toMatchObject({ slug: 'acme', links: { organizationUrl: expect.any(String) } });
      expect(body).not.toHaveProperty('openMembership');
    }
  });
});

describe('settings of an organization', () => {
  beforeEach(async () => {
    await slipway.pool.query('delete from audit_log');
    await slipway.pool.query('delete from organization_option');
    await slipway.pool.query("update organization set flags = '{}', open_membership = true");
  });
  const changes = async () =>
    (await audit()).rows.map((row: { event: string; data: unknown }) => [row.event, row.data]);

  it('that equal their default at first are stored without an audit entry', async () => {
    expect((await put({ storeCrashReports: 0, allowJoinRequests: true })).status).toBe(200);
    expect(await changes()).toEqual([]);
    const { rows } = await slipway.pool.query('select key from organization_option order by key');
    expect(rows.map(({ key }) => key)).toEqual([
      'sentry:join_requests',
      'sentry:store_crash_reports',
    ]);
  });

  it('say what they became at first, what they were later, and nothing when they stay', async () => {
    await put({ storeCrashReports: 5 });
    await put({ storeCrashReports: '7', sensitiveFields: ['a', 'b'] });
    await put({ storeCrashReports: 7 });
    await put({});
    expect(await changes()).toEqual([
      ['org.edit', { storeCrashReports: 'from 5 to 7', sensitiveFields: "to ['a', 'b']" }],
      ['org.edit', { storeCrashReports: 'to 5' }],
    ]);
  });

  it('that are flags are audited by the name of the flag', async () => {
    const { body } = await put({
      allowMemberInvite: false,
      openMembership: false,
      enhancedPrivacy: 1,
    });
    expect(body).toMatchObject({
      allowMemberInvite: false,
      openMembership: false,
      enhancedPrivacy: true,
    });
    expect(await changes()).toEqual([
      [
        'org.edit',
        {
          disable_member_invite: 'to True',
          allow_joinleave: 'to False',
          enhanced_privacy: 'to True',
        },
      ],
    ]);
  });

  it('that are columns are audited with both values', async () => {
    await put({ name: 'Acme Corp', defaultRole: 'admin' });
    expect(await changes()).toEqual([
      ['org.edit', { name: 'from acme to Acme Corp', default_role: 'from member to admin' }],
    ]);
    await put({ defaultRole: 'member' });
  });

  it('for administrators are ignored from others', async () => {
    const manager = await slipway.tenant.userToken(
      ['org:write'],
      await slipway.tenant.addMember('manager'),
    );
    const { status, body } = await put({ defaultRole: 'owner', cancelDeletion: true }, manager);
    expect(status).toBe(200);
    expect(body.defaultRole).toBe('member');
  });

  it('keep when trusted relays came, and when they last changed', async () => {
    const relays = async (trustedRelays: unknown) =>
      (await put({ trustedRelays })).body.trustedRelays;
    const [first] = await relays([{ publicKey: 'k', name: 'One' }]);
    expect(first).toMatchObject({ publicKey: 'k', name: 'One', description: '' });
    expect(await relays([{ publicKey: 'k', name: 'One' }])).toEqual([first]);
    const [renamed] = await relays([{ publicKey: 'k', name: 'Two' }]);
    expect(renamed.created).toBe(first.created);
    expect(renamed.lastModified > first.lastModified).toBe(true);
    expect(await relays([])).toEqual([]);
    expect(await changes()).toHaveLength(3);
  });

  test.each(
    [
      [{ nope: 1 }, { nope: ['This field is not known.'] }],
      [{ openMembership: 'maybe' }, { openMembership: ['Must be a valid boolean.'] }],
      [{ openMembership: null }, { openMembership: ['This field may not be null.'] }],
      [
        { storeCrashReports: 101 },
        { storeCrashReports: ['Ensure this value is less than or equal to 100.'] },
      ],
      [
        { apdexThreshold: 0 },
        { apdexThreshold: ['Ensure this value is greater than or equal to 1.'] },
      ],
      [{ attachmentsRole: 'king' }, { attachmentsRole: ['"king" is not a valid choice.'] }],
      [{ defaultRole: 'king' }, { defaultRole: ['"king" is not a valid choice.'] }],
      [{ samplingMode: 'none' }, { samplingMode: ['"none" is not a valid choice.'] }],
      [
        { samplingMode: 'project', targetSampleRate: 0.5 },
        { non_field_errors: [expect.stringContaining('sample rate')] },
      ],
      [
        { targetSampleRate: 1.5 },
        { targetSampleRate: ['Ensure this value is less than or equal to 1.'] },
      ],
      [{ sensitiveFields: [''] }, { sensitiveFields: ['Empty values are not allowed.'] }],
      [
        { sensitiveFields: ['x'.repeat(4001)] },
        { sensitiveFields: ['Ensure this field has no more than 4000 characters.'] },
      ],
      [
        { enabledConsolePlatforms: ['xbox'] },
        { enabledConsolePlatforms: [expect.stringContaining('operator')] },
      ],
      [
        { require2FA: true },
        {
          require2FA: [
            'Cannot require two-factor authentication without personal two-factor enabled.',
          ],
        },
      ],
      [
        {
          trustedRelays: [
            { publicKey: 'k', name: 'a' },
            { publicKey: 'k', name: 'b' },
          ],
        },
        { trustedRelays: ['Duplicated key in Trusted Relays: k'] },
      ],
      [{ slug: 'ab' }, { slug: ['This slug "ab" is too short. Minimum of 3 characters.'] }],
      [{ slug: 'api' }, { slug: ['This slug "api" is reserved and not allowed.'] }],
      [{ slug: 'blue-harvest' }, { slug: ['The slug "blue-harvest" is already in use.'] }],
      [{ slug: ' acme2' }, { slug: ['The slug " acme2" should not contain any whitespace.'] }],
      [{ slug: '12345' }, { slug: [expect.stringContaining('cannot be entirely numeric')] }],
    ].map(([given, errors]) => [shortJson(given), given, errors] as const),
  )('%s is refused, and nothing is stored', async (_, body, errors) => {
    expect(await put(body)).toMatchObject({ status: 400, body: errors });
    expect(await changes()).toEqual([]);
  });

  it('that cost money elsewhere are refused', async () => {
    expect(await put({ codecovAccess: true })).toMatchObject({
      status: 403,
      body: { detail: 'A paid plan is required to enable this feature.' },
    });
  });

  it('change one after the other when twenty callers ask at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => put({ storeCrashReports: index + 1 })),
    );
    const texts = (await changes()).map(
      ([, data]: [string, { storeCrashReports: string }]) => data.storeCrashReports,
    );
    const values = texts.map((text: string) => /(\d+)$/.exec(text)![1]);
    const before = texts.map((text: string) => /from (\d+)/.exec(text)?.[1]);
    // Each entry starts where the one before it ended; the list is newest first.
    expect(before.slice(0, -1)).toEqual(values.slice(1));
  });
});

describe('the slug of an organization', () => {
  it('moves everything with it: the old one is not found', async () => {
    const answer = await put({ slug: 'acme-two' });
    expect(answer).toMatchObject({ status: 200, body: { slug: 'acme-two' } });
    expect((await slipway.call('GET', acme)).status).toBe(404);
    const back = await slipway.call('PUT', '/api/0/organizations/acme-two/', {
      body: { slug: 'acme' },
    });
    expect(back.body.slug).toBe('acme');
  });
});

describe('the audit log', () => {
  it('shows who did what from where, newest first, with filters and pages', async () => {
    await slipway.pool.query('delete from audit_log');
    await put({ storeCrashReports: 42 });
    await slipway.call('POST', `${acme}teams/`, { body: { slug: 'audited' } });
    const { rows, options } = await audit();
    expect(rows).toMatchObject([
      {
        event: 'team.create',
        note: 'created team audited',
        actor: { id: slipway.tenant.ownerId },
        ipAddress: expect.stringMatching(/127\.0\.0\.1|::1/),
        targetUser: null,
      },
      { event: 'org.edit', note: expect.stringMatching(/storeCrashReports (to|from)/) },
    ]);
    expect(options).toContain('project.remove');
    expect((await audit('?event=team.create')).rows).toHaveLength(1);
    expect((await audit('?event=no.such')).rows).toEqual([]);
    expect((await audit(`?actor=${slipway.tenant.ownerId}`)).rows).toHaveLength(2);
    expect((await audit('?actor=999')).rows).toEqual([]);
    expect((await audit('?statsPeriod=1h')).rows).toHaveLength(2);
    expect((await audit('?start=2020-01-01&end=2020-01-02')).rows).toEqual([]);
    const page = await slipway.call('GET', `${acme}audit-logs/?per_page=1`);
    expect(page.body.rows).toHaveLength(1);
    expect(page.headers.get('link')).toContain('results="true"; cursor="1:1:0"');
    expect((await slipway.call('GET', `${acme}audit-logs/?actor=me`)).status).toBe(400);
  });

  it('is not for members', async () => {
    const token = await slipway.token(['org:read']);
    expect((await slipway.call('GET', `${acme}audit-logs/`, { token })).status).toBe(403);
  });
});
