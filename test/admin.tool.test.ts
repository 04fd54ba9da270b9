import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { listAccessibleProjects } from '../db/access.ts';
import { directModels } from '../db/cache/directModels.ts';
import { findMemberByUser } from '../db/models/member.ts';
import { findOrganization } from '../db/models/organization.ts';
import { findToken, isExpired } from '../db/models/token.ts';
import { parseOrganizationToken } from '../domain/tokens.ts';
import { SecretBox } from '../infra/secretBox.ts';
import { hashToken } from '../infra/tokens.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';
import { runAdmin, runAdminProcess } from './support/runAdmin.ts';

const database = cloneDatabase();
const db = testPool(database.url);
const URL_OF_SLIPWAY = 'http://slipway.test:9000';

const run = (line: string, environment: Record<string, string> = {}) =>
  runAdmin(line.split(' '), {
    DATABASE_URL: database.url,
    SLIPWAY_URL: URL_OF_SLIPWAY,
    ...environment,
  });

/** The one JSON object that a command prints. */
async function json(line: string, environment?: Record<string, string>): Promise<any> {
  const { code, stdout, stderr } = await run(`${line} --json`, environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

async function rows(text: string, values: unknown[] = []): Promise<any[]> {
  return (await db.pool.query(text, values)).rows;
}

let acme: { id: string; slug: string };
beforeAll(async () => {
  acme = await json('org create acme --name Acme');
  await json('team create acme crew');
});

test('an organization from nothing: team, user, project, tokens, and each may do what it should', async () => {
  expect(await json('org create globex')).toEqual({ id: expect.any(String), slug: 'globex' });
  expect(await json('team create globex crew')).toEqual({ id: expect.any(String), slug: 'crew' });
  const user = await json('user create ada@globex.test --org globex --role manager --team crew');
  expect(user).toEqual({ id: expect.any(String), email: 'ada@globex.test' });
  const project = await json('project create globex web --platform node --team crew');
  expect(project).toEqual({
    id: expect.any(String),
    slug: 'web',
    publicKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    dsn: `http://${project.publicKey}@slipway.test:9000/${project.id}`,
  });
  const token = await json(
    'token create --user ada@globex.test --scopes project:releases,org:read --expires 2099-01-01',
  );
  expect(token).toEqual({
    id: expect.any(String),
    token: expect.stringMatching(/^sntryu_[0-9a-f]{64}$/),
  });
  const models = directModels(db.pool);
  const found = (await findToken(models, hashToken(token.token)))!;
  expect(found).toMatchObject({
    kind: 'user',
    user: { id: user.id },
    scopes: ['org:read', 'project:releases'],
  });
  expect(isExpired(found)).toBe(false);
  const organization = (await findOrganization(models, 'globex'))!;
  const member = (await findMemberByUser(db.pool, organization.id, user.id))!;
  expect(member.role).toBe('manager');
  const filter = { organizationId: organization.id, memberId: member.id, names: null };
  expect(await listAccessibleProjects(db.pool, filter)).toMatchObject([{ id: project.id }]);

  const { token: orgToken } = await json('token create --org globex');
  expect(parseOrganizationToken(orgToken)).toMatchObject({
    organization: 'globex',
    url: URL_OF_SLIPWAY,
  });
  expect(await findToken(models, hashToken(orgToken))).toMatchObject({
    kind: 'organization',
    organizationId: organization.id,
    scopes: ['org:ci'],
  });
});

describe('users', () => {
  it('that exist become members of another organization, in whatever case their e-mail is written', async () => {
    const { id } = await json('user create bob@acme.test --org acme');
    await json('org create initech');
    expect(await json('user create BOB@acme.test --org initech --role owner')).toEqual({
      id,
      email: 'bob@acme.test',
    });
    const roles = await rows(
      'select slug, role from member join organization on organization.id = organization_id where user_id = $1 order by slug',
      [id],
    );
    expect(roles).toEqual([
      { slug: 'acme', role: 'member' },
      { slug: 'initech', role: 'owner' },
    ]);
    expect(await rows('select is_verified from user_email where user_id = $1', [id])).toEqual([
      { is_verified: true },
    ]);
  });

  it('have settings', async () => {
    const { id } = await json('user create set@acme.test --org acme');
    await json('user set set@acme.test selfAssignIssue=true');
    expect(await rows('select key, value from user_option where user_id = $1', [id])).toEqual([
      { key: 'self_assign_issue', value: '1' },
    ]);
  });
});

describe('tokens', () => {
  it('of an organization may be listed, without their secret, and revoked by their id', async () => {
    const { id, token } = await json('token create --org acme --scopes org:ci,org:read --name CI');
    const { tokens } = await json('token list --org acme');
    expect(tokens).toEqual([
      expect.objectContaining({ id, name: 'CI', lastCharacters: token.slice(-4) }),
    ]);
    expect(await json(`token revoke ${id}`)).toEqual({ id, kind: 'organization' });
    expect(await findToken(directModels(db.pool), hashToken(token))).toBeNull();
    expect((await json('token list --org acme')).tokens).toEqual([]);
  });

  it('may expire', async () => {
    await json('user create exp@acme.test --org acme');
    const { token } = await json(
      'token create --user exp@acme.test --scopes org:read --expires 2001-01-01T00:00:00Z',
    );
    expect(isExpired((await findToken(directModels(db.pool), hashToken(token)))!)).toBe(true);
  });

  it('stand alone on the first line for whoever reads the plain output', async () => {
    const { stdout } = await run('token create --org acme');
    expect(stdout.split('\n')[0]).toMatch(/^sntrys_/);
  });
});

test('settings of an organization are kept in its columns and options', async () => {
  await json('org set acme openMembership=false allowJoinRequests=false storeCrashReports=-1');
  await json('org set acme openMembership=true resolveOnCommit=true');
  expect(await rows('select open_membership from organization where id = $1', [acme.id])).toEqual([
    { open_membership: true },
  ]);
  expect(
    await rows(
      'select key, value from organization_option where organization_id = $1 order by key',
      [acme.id],
    ),
  ).toEqual([
    { key: 'sentry:join_requests', value: false },
    { key: 'sentry:store_crash_reports', value: -1 },
    { key: 'slipway:resolve_on_commit', value: true },
  ]);
});

test.each([
  ['acme/web --provider integrations:github', {}, 'https://github.com/acme/web'],
  [
    'acme/a --provider git --url ssh://git@git.acme.test/a.git',
    {},
    'ssh://git@git.acme.test/a.git',
  ],
  ['acme/b --provider git --url http://127.0.0.1:8080/b.git', {}, 'http://127.0.0.1:8080/b.git'],
  [
    'acme/c --provider git --url file:///srv/c.git',
    { SLIPWAY_GIT_ALLOW_FILE: '1' },
    'file:///srv/c.git',
  ],
  [
    'acme/d --provider gitlab --api-url https://gitlab.acme.test/api/v4 --external-id 7',
    {},
    'https://gitlab.com/acme/d',
  ],
])('a repository is created by: %s', async (words, environment, url) => {
  const { id, name } = await json(`repo create acme ${words}`, environment);
  expect(await rows('select name, url from repository where id = $1', [id])).toEqual([
    { name, url },
  ]);
});

test('a token of a repository is stored so that only the secret of the API opens it', async () => {
  const SLIPWAY_SECRET = 'a secret for this test';
  const { id } = await json('repo create acme acme/secret --provider github --token ghp_1', {
    SLIPWAY_SECRET,
  });
  const [{ token_encrypted: sealed }] = await rows('select * from repository where id = $1', [id]);
  expect(sealed.includes('ghp_1')).toBe(false);
  expect(new SecretBox(SLIPWAY_SECRET).open(sealed)).toBe('ghp_1');
});

test('how commits arrive is set, not shown where it is secret, and taken back', async () => {
  const SLIPWAY_SECRET = 'a secret for this test';
  await json('org create hooked');
  const set = await json(
    'org set hooked fetchBase=environment:production githubWebhookSecret=0123456789abcdef',
    { SLIPWAY_SECRET },
  );
  expect(set).toMatchObject({
    fetchBase: 'environment:production',
    githubWebhookSecret: '(hidden)',
  });
  const stored = (): Promise<any[]> =>
    rows(
      `select key, value from organization_option
        where organization_id = (select id from organization where slug = 'hooked') order by key`,
    );
  expect(await stored()).toEqual([
    { key: 'slipway:fetch_base', value: 'environment:production' },
    { key: 'slipway:github_webhook_secret', value: expect.stringMatching(/^[A-Za-z0-9+/=]{40,}$/) },
  ]);
  await json('org set hooked fetchBase=previous_release githubWebhookSecret=null');
  expect(await stored()).toEqual([{ key: 'slipway:fetch_base', value: 'previous_release' }]);
});

describe('what cannot be done is said in one line on stderr', () => {
  test.each([
    ['org create acme', 'The slug "acme" is already in use.'],
    ['org create api', 'This slug "api" is reserved and not allowed.'],
    ['org set nope openMembership=true', 'There is no organization "nope".'],
    ['org set acme nope=true', 'Unknown key "nope"'],
    ['org set acme openMembership=5', '"5" is no value for openMembership'],
    ['team create acme crew', 'The organization acme has a team "crew" already.'],
    ['project create nope web', 'There is no organization "nope".'],
    ['project create acme 123', 'It cannot be entirely numeric.'],
    ['project create acme settings', 'The name "settings" is reserved and not allowed.'],
    ['project create acme x --team nope', 'The organization acme has no team "nope".'],
    ['user create ada --org acme', '"ada" is not an e-mail.'],
    [
      'user create a@b.test --org acme --role boss',
      'There is no role "boss". Roles: member, admin, manager, owner.',
    ],
    ['user create a@b.test --org acme --team nope', 'has no team "nope"'],
    ['user set no@acme.test selfAssignIssue=1', 'There is no user with the e-mail "no@acme.test".'],
    [
      'token create --org acme --scopes org:ci,org:fly',
      'Unknown scope "org:fly". Scopes: org:read,',
    ],
    ['token create --org acme --expires soon', '--expires: "soon" is not an ISO date.'],
    ['token create --user no@acme.test --scopes org:read', 'There is no user with the e-mail'],
    ['token revoke 987654', 'There is no token with the id "987654" that still works.'],
    ['token revoke abc', 'There is no token with the id "abc"'],
    ['repo create acme r --provider svn', 'There is no provider "svn". Providers: git,'],
    ['repo create acme r --provider git', '--url is required'],
    [
      'repo create acme r --provider git --url https://u:p@git.test/r',
      '--url: a URL holds no credentials',
    ],
    ['repo create acme o/r --provider github --api-url ssh://git.test/', '--api-url: the scheme'],
    ['repo create acme o/r --provider github --token t', 'SLIPWAY_SECRET is not set'],
    ['org set acme fetchBase=production', '"production" is no value for fetchBase'],
    ['org set acme githubWebhookSecret=short', 'must have at least 16 characters'],
    ['repo create acme r --provider git --url ext::sh', '--url: remote helpers are not allowed.'],
    ['repo create acme r --provider git --url=--upload-pack=id', '--url: the URL cannot be read.'],
    [
      'repo create acme r --provider git --url file:///etc',
      '--url: files of this machine are not allowed.',
    ],
    ['ops retry 1', 'There is no operation with the id "1".'],
    ['ops list --status open', 'There is no status "open". Statuses: pending, failed, done.'],
    ['ops list --limit 0', '--limit must be a number from 1 to 1000.'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await run(`${line} --json`);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('and a user who could not be put on a team was not created', async () => {
    await run('user create half@acme.test --org acme --team nope');
    expect(await rows("select from user_email where email = 'half@acme.test'")).toEqual([]);
  });

  it('and a URL with a line break is refused', async () => {
    const args = ['repo', 'create', 'acme', 'r', '--provider', 'git', '--url', 'http://a.test/\nx'];
    const { code, stderr } = await runAdmin(args, { DATABASE_URL: database.url });
    expect(code).toBe(1);
    expect(stderr).toContain('control characters');
  });
});

describe('a command line that makes no sense ends with 1 and shows the help', () => {
  test.each([
    ['org fly', 'Usage: npm run --silent admin -- <command>'],
    ['org create', 'Usage: npm run --silent admin -- org create <slug>'],
    ['user create a@b.test', '--org is required.'],
    ['token create --scopes org:ci', 'Give either --user or --org.'],
    ['token create --user a@b.test', '--scopes is required with --user.'],
    ['repo create acme r', '--provider is required.'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: ');
  });
});

test('help needs no database', async () => {
  const { code, stdout } = await runAdminProcess(['--help'], {});
  expect(code).toBe(0);
  for (const name of [
    'org create',
    'org set',
    'project create',
    'team create',
    'user create',
    'user set',
    'token create',
    'token revoke',
    'repo create',
    'ops list',
    'ops retry',
  ]) {
    expect(stdout).toContain(`  ${name} `);
  }
});

describe('as a process', () => {
  const environment = { DATABASE_URL: database.url };

  test.each([
    ['org create hooli --json', 0, /^\{"id":"\d+","slug":"hooli"\}\n$/, /^$/],
    ['org create acme --json', 1, /^$/, /^The slug "acme" is already in use\.\n$/],
    ['org create', 1, /^$/, /^org create takes 1 argument, not 0\.\n\nUsage: /],
    ['ops list --status', 1, /^$/, /Usage: .*ops list/],
  ])('%s ends with %i', async (line, code, stdout, stderr) => {
    expect(await runAdminProcess(line.split(' '), environment)).toEqual({
      code,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });

  it('ends with 78 when a variable is wrong', async () => {
    const { code, stderr } = await runAdminProcess(['ops', 'list'], { DATABASE_URL: 'nope' });
    expect(code).toBe(78);
    expect(stderr).toContain('DATABASE_URL: must be a URL with postgres: or postgresql:');
  });
});

describe('the database', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-admin-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is that of a running npm start when none is given, and so is the public address', async () => {
    const announced = { url: 'http://running.test:9000', databaseUrl: database.url };
    await writeFile(join(folder, 'dev.json'), JSON.stringify(announced));
    const args = ['token', 'create', '--org', 'acme', '--json'];
    const { stdout, stderr } = await runAdminProcess(args, { SLIPWAY_DIR: folder });
    expect(stderr).toBe('');
    expect(parseOrganizationToken(JSON.parse(stdout).token)).toMatchObject({
      url: 'http://running.test:9000',
    });
  });

  it('must be known', async () => {
    const empty = join(folder, 'empty');
    const { code, stderr } = await runAdmin(['ops', 'list'], { SLIPWAY_DIR: empty });
    expect(code).toBe(1);
    expect(stderr).toContain('No database: set DATABASE_URL, or start Slipway with `npm start`');
    expect(stderr).toContain(join(empty, 'dev.json'));
  });

  it('that does not answer is named without its password', async () => {
    const { code, stderr } = await runAdmin(['ops', 'list'], {
      DATABASE_URL: 'postgres://slipway:hunter2@127.0.0.1:1/slipway',
    });
    expect(code).toBe(1);
    expect(stderr).toBe('The database at 127.0.0.1:1 does not answer. Is Slipway running?\n');
  });
});
