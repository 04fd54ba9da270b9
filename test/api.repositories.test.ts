import { afterAll, describe, expect, test, vi } from 'vitest';
import { SecretBox } from '../infra/secretBox.ts';
import { dropResyncSchedules, resyncRepositoryIds } from './support/resyncSchedules.ts';
import { createTenant } from './support/tenant.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';

/** Repositories are connected, changed and disconnected; what leads where it must not is refused. */
const slipway = useSlipway({ worker: false, environment: { SLIPWAY_SECRET: TEST_SECRET } });
const repos = '/api/0/organizations/acme/repos/';

const create = (body: unknown): Promise<ApiAnswer> => slipway.call('POST', repos, { body });
const change = (id: string, body: unknown): Promise<ApiAnswer> =>
  slipway.call('PUT', `${repos}${id}/`, { body });

async function stored(id: string): Promise<any> {
  const { rows } = await slipway.pool.query('select * from repository where id = $1', [id]);
  return rows[0];
}

async function hasSchedule(id: string): Promise<boolean> {
  return (await resyncRepositoryIds(slipway.temporal.client)).includes(id);
}

afterAll(() => dropResyncSchedules(slipway.temporal.client));

describe('a repository', () => {
  test('is created, found, listed and never shows its token', async () => {
    const created = await create({
      name: 'acme/web',
      provider: 'integrations:github',
      apiUrl: 'https://8.8.8.8/api/v3',
      externalId: 4711,
      token: 'ghp_secret',
    });
    expect(created.status, created.text).toBe(201);
    expect(created.body).toMatchObject({
      name: 'acme/web',
      url: 'https://github.com/acme/web',
      provider: { id: 'integrations:github', name: 'GitHub' },
      status: 'active',
      externalId: '4711',
      apiUrl: 'https://8.8.8.8/api/v3',
      hasToken: true,
    });
    const { id } = created.body;
    const found = await slipway.call('GET', `${repos}${id}/`);
    expect(found).toMatchObject({ status: 200, body: created.body });
    const listed = await slipway.call('GET', repos);
    expect(listed.body.map(({ name }: any) => name)).toContain('acme/web');
    for (const { text } of [created, found, listed]) expect(text).not.toContain('ghp_secret');
    const { token_encrypted: sealed } = await stored(id);
    expect(sealed.includes('ghp_secret')).toBe(false);
    expect(new SecretBox(TEST_SECRET).open(sealed)).toBe('ghp_secret');
  });

  test('that commit lists have named becomes a connected one and keeps its id', async () => {
    const { rows } = await slipway.pool.query(
      "insert into repository (organization_id, name) values ($1, 'acme/named') returning id",
      [slipway.tenant.organizationId],
    );
    const created = await create({ name: 'acme/named', provider: 'gitlab' });
    expect(created.body).toMatchObject({ id: rows[0].id, url: 'https://gitlab.com/acme/named' });
  });

  test('of a taken name is refused', async () => {
    await create({ name: 'acme/twice', provider: 'github' });
    expect(await create({ name: 'acme/twice', provider: 'github' })).toMatchObject({
      status: 400,
      body: { name: ['The organization has a repository "acme/twice" already.'] },
    });
  });

  test('is changed in what is sent and in nothing else', async () => {
    const { body } = await create({ name: 'acme/change', provider: 'github', token: 'one' });
    const renamed = await change(body.id, { name: 'acme/changed', externalId: '9' });
    expect(renamed).toMatchObject({
      status: 200,
      body: { ...body, name: 'acme/changed', externalId: '9', externalSlug: 'acme/changed' },
    });
    const bare = await change(body.id, { token: null, externalId: null });
    expect(bare.body).toMatchObject({ hasToken: false, externalId: null });
    const away = await change(body.id, { url: 'https://1.1.1.1/acme/changed', provider: 'gitlab' });
    expect(away.body).toMatchObject({ url: 'https://1.1.1.1/acme/changed' });
    expect(away.body.provider).toEqual({ id: 'gitlab', name: 'GitLab' });
    await create({ name: 'acme/other', provider: 'github' });
    expect(await change(body.id, { name: 'acme/other' })).toMatchObject({
      status: 400,
      body: { name: [expect.stringContaining('already')] },
    });
  });

  test('that is deleted keeps its history, forgets its token, and can come back', async () => {
    const { body } = await create({ name: 'acme/gone', provider: 'github', token: 'one' });
    const deleted = await slipway.call('DELETE', `${repos}${body.id}/`);
    expect(deleted).toMatchObject({ status: 202, body: { status: 'disabled', hasToken: false } });
    expect((await slipway.call('GET', repos)).text).not.toContain('acme/gone');
    expect((await slipway.call('GET', `${repos}${body.id}/`)).body.status).toBe('disabled');
    const again = await slipway.call('DELETE', `${repos}${body.id}/`);
    expect(again.status).toBe(202);
    const back = await change(body.id, { status: 'active' });
    expect(back.body).toMatchObject({ id: body.id, status: 'active' });
  });

  test('has its re-sync from the moment it can be fetched from', async () => {
    const { body } = await create({
      name: 'acme/synced',
      provider: 'git',
      url: 'https://8.8.8.8/x',
    });
    await vi.waitFor(async () => expect(await hasSchedule(body.id)).toBe(true));
    await slipway.call('DELETE', `${repos}${body.id}/`);
    await vi.waitFor(async () => expect(await hasSchedule(body.id)).toBe(false));
    const vsts = await create({ name: 'vsts', provider: 'vsts', url: 'https://8.8.8.8/y' });
    expect(await hasSchedule(vsts.body.id)).toBe(false);
  });
});

describe('400', () => {
  test.each([
    ['ext::sh -c id', /spaces/],
    ['ext::sh', /remote helpers/],
    ['--upload-pack=touch /tmp/x', /spaces/],
    ['--upload-pack=id', /cannot be read/],
    ['https://-oProxyCommand=id/x', /cannot be read|malformed/],
    ['file:///etc/passwd', /files of this machine/],
    ['/etc/passwd', /files of this machine/],
    ['ftp://git.test/x', /scheme ftp:/],
    ['javascript://x/', /scheme/],
    ['http://127.0.0.1/x.git', /not a public address/],
    ['http://localhost/x.git', /not a public address/],
    ['http://[::1]/x.git', /not a public address/],
    ['http://169.254.169.254/latest', /not a public address/],
    ['http://2130706433/x.git', /not a public address/],
    ['ssh://git@10.0.0.1/x.git', /not a public address/],
    ['git@192.168.1.1:x.git', /not a public address/],
    ['https://8.8.8.8/a\nb', /control characters/],
    ['https://8.8.8.8/a%0ab', /control characters/],
    ['https://user:pass@8.8.8.8/x.git', /credentials/],
    ['https://token@8.8.8.8/x.git', /credentials/],
    ['ssh://git:pass@8.8.8.8/x.git', /credentials/],
  ])('%j leads nowhere', async (url, problem) => {
    const answers = [
      await create({ name: 'evil', provider: 'git', url }),
      await create({ name: 'evil/evil', provider: 'github', apiUrl: url }),
    ];
    const { body } = await create({
      name: `target of ${JSON.stringify(url)}`,
      provider: 'git',
      url: 'https://8.8.8.8/x',
    });
    answers.push(await change(body.id, { url }));
    for (const answer of answers) expect(answer.status, answer.text).toBe(400);
    expect(answers[0]!.body).toEqual({ url: [expect.stringMatching(problem)] });
    expect(answers[1]!.body).toEqual({ apiUrl: [expect.any(String)] });
    expect(answers[2]!.body).toEqual(answers[0]!.body);
    expect(answers.map(({ text }) => text).join()).not.toContain('pass@');
  });

  test.each([
    [{}, { name: ['This field is required.'], provider: ['This field is required.'] }],
    [{ name: '', provider: 'git' }, { name: ['This field may not be blank.'] }],
    [{ name: 'a\u0007b', provider: 'git' }, { name: ['Control characters are not allowed.'] }],
    [{ name: 'x'.repeat(201), provider: 'git' }, { name: [expect.stringContaining('200')] }],
    [{ name: 'a', provider: 'svn' }, { provider: [expect.stringContaining('no provider "svn"')] }],
    [{ name: 'a', provider: 'git' }, { url: [expect.stringContaining('give a URL')] }],
    [
      { name: 'a', provider: 'github', token: 'a\r\nb' },
      { token: ['A token has visible ASCII characters only.'] },
    ],
  ])('says what is wrong with %j', async (body, errors) => {
    expect(await create(body)).toMatchObject({ status: 400, body: errors });
  });
});

test('the audit log tells who connected, changed and disconnected a repository, and no token', async () => {
  await slipway.pool.query('delete from audit_log');
  const { body } = await create({ name: 'acme/audited', provider: 'github', token: 'ghp_first' });
  await change(body.id, { token: 'ghp_second' });
  await change(body.id, { name: 'acme/renamed' });
  await change(body.id, { provider: 'svn' });
  await slipway.call('DELETE', `${repos}${body.id}/`);
  await slipway.call('DELETE', `${repos}${body.id}/`);
  const answer = await slipway.call('GET', '/api/0/organizations/acme/audit-logs/');
  const data = { id: Number(body.id), name: 'acme/audited', provider: 'github', status: 'active' };
  const renamed = { ...data, name: 'acme/renamed' };
  expect(answer.body.rows.map(({ event, data: told }: any) => [event, told])).toEqual([
    ['repository.remove', { ...renamed, status: 'disabled' }],
    ['repository.edit', renamed],
    ['repository.edit', { ...data, token_replaced: true }],
    ['repository.create', data],
  ]);
  expect(answer.body.rows[3]).toMatchObject({
    actor: { id: slipway.tenant.ownerId },
    targetObject: Number(body.id),
    note: 'connected repository acme/audited',
  });
  expect(answer.text).not.toContain('ghp_');
});

describe('403', () => {
  test('is the answer to those who may not change the organization, 404 to those outside', async () => {
    const { body } = await create({ name: 'acme/guarded', provider: 'github' });
    const member = await slipway.tenant.userToken(
      ['org:read', 'org:write', 'org:integrations'],
      await slipway.tenant.addMember('member'),
    );
    const other = await createTenant(slipway.pool, 'outside');
    for (const [token, status] of [
      [member, 403],
      [slipway.tenant.organizationToken, 403],
      [other.ownerToken, 404],
    ] as const) {
      for (const [method, path] of [
        ['POST', repos],
        ['PUT', `${repos}${body.id}/`],
        ['DELETE', `${repos}${body.id}/`],
      ] as const) {
        const answer = await slipway.call(method, path, { token, body: {} });
        expect(answer.status, `${method} ${answer.text}`).toBe(status);
      }
    }
    const theirs = await slipway.call('GET', `/api/0/organizations/outside/repos/${body.id}/`, {
      token: other.ownerToken,
    });
    expect(theirs.status).toBe(404);
  });
});

describe('404', () => {
  test.each(['0', '999999999', 'acme%2Fweb', '9'.repeat(30)])('for the id %s', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await slipway.call(method, `${repos}${id}/`)).status).toBe(404);
    }
  });
});

describe('while Temporal is away', () => {
  const alone = useSlipway({ worker: false, temporalAddress: '127.0.0.1:1' });

  test('repositories are connected all the same', async () => {
    const created = await alone.call('POST', repos, { body: { name: 'a/b', provider: 'github' } });
    expect(created.status, created.text).toBe(201);
  });
});
