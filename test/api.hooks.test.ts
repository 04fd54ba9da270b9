import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { runAdmin } from './support/runAdmin.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';

/**
 * Webhooks of hosts: who may send them, what they store, and that the same delivery twice is one. That they wake fetches
 * is told in fetch.push.test.ts.
 */
const slipway = useSlipway({ worker: false, environment: { SLIPWAY_SECRET: TEST_SECRET } });
const GITHUB_SECRET = 'a github secret for tests'.replaceAll(' ', '-');
const GITLAB_SECRET = 'a gitlab secret for tests'.replaceAll(' ', '-');
const hooks = '/api/slipway/v1/hooks/';

type Delivery = Readonly<{
  body: unknown;
  event?: string;
  id?: string;
  secret?: string;
  organization?: string;
  headers?: Record<string, string>;
}>;

function github({ body, event = 'push', ...rest }: Delivery): Promise<ApiAnswer> {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const { secret = GITHUB_SECRET, organization = 'acme', id = crypto.randomUUID() } = rest;
  return slipway.call('POST', `${hooks}github/${organization}`, {
    token: null,
    raw,
    headers: {
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`,
      ...rest.headers,
    },
  });
}

function gitlab({ body, ...rest }: Delivery): Promise<ApiAnswer> {
  return slipway.call('POST', `${hooks}gitlab/${rest.organization ?? 'acme'}`, {
    token: null,
    raw: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'X-Gitlab-Token': rest.secret ?? GITLAB_SECRET, ...rest.headers },
  });
}

const githubRepository = {
  id: 4711,
  full_name: 'acme/web',
  html_url: 'https://github.com/acme/web',
  clone_url: 'https://github.com/acme/web.git',
  ssh_url: 'git@github.com:acme/web.git',
};

const githubCommit = (id: string, message: string, more: object = {}) => ({
  id: id.padEnd(40, '0'),
  message,
  timestamp: '2026-03-01T12:00:00+05:30',
  author: { name: 'Zoë Dev', email: 'zoe@acme.test', username: 'zoe' },
  added: [],
  removed: [],
  modified: [],
  ...more,
});

const gitlabProject = {
  id: 42,
  path_with_namespace: 'acme/lab',
  web_url: 'https://gitlab.com/acme/lab',
  git_http_url: 'https://gitlab.com/acme/lab.git',
  git_ssh_url: 'git@gitlab.com:acme/lab.git',
};

async function addRepository(name: string, values: Record<string, string | null>): Promise<string> {
  const all = { organization_id: slipway.tenant.organizationId, name, ...values };
  const names = Object.keys(all);
  const { rows } = await slipway.pool.query<{ id: string }>(
    `insert into repository (${names.join()}) values (${names.map((_, i) => `$${i + 1}`).join()}) returning id`,
    Object.values(all),
  );
  return rows[0]!.id;
}

async function commits(repositoryId: string): Promise<any[]> {
  const { rows } = await slipway.pool.query(
    `select key, message, commit.date_added::text as date, commit_author.email,
            array(select type::text || ' ' || filename from commit_file_change where commit_id = commit.id order by 1) as files
       from commit left join commit_author on commit_author.id = author_id
      where repository_id = $1 order by commit.id`,
    [repositoryId],
  );
  return rows;
}

let web: string;
let lab: string;
beforeAll(async () => {
  const { connectionString } = (slipway.pool as any).options as { connectionString: string };
  const environment = { DATABASE_URL: connectionString, SLIPWAY_SECRET: TEST_SECRET };
  const settings = [`githubWebhookSecret=${GITHUB_SECRET}`, `gitlabWebhookSecret=${GITLAB_SECRET}`];
  const set = await runAdmin(['org', 'set', 'acme', ...settings, '--json'], environment);
  expect(set).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(set.stdout)).toMatchObject({
    githubWebhookSecret: '(hidden)',
    gitlabWebhookSecret: '(hidden)',
  });
  web = await addRepository('acme/web', {
    provider: 'github',
    url: 'https://github.com/acme/web',
  });
  lab = await addRepository('acme/lab', {
    provider: 'gitlab',
    url: 'https://gitlab.com/acme/lab',
  });
});

test('the secrets are stored encrypted and shown nowhere', async () => {
  const { rows } = await slipway.pool.query('select key, value from organization_option');
  expect(rows).toHaveLength(2);
  const shown = await slipway.call('GET', '/api/0/organizations/acme/');
  for (const secret of [GITHUB_SECRET, GITLAB_SECRET]) {
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(shown.text).not.toContain(secret);
  }
  expect(shown.text).not.toMatch(/webhookSecret/i);
});

describe('a push', () => {
  test('of GitHub stores its commits with authors, dates and files, once', async () => {
    const body = {
      ref: 'refs/heads/main',
      after: 'b'.repeat(40),
      repository: githubRepository,
      commits: [
        githubCommit('a1', 'one', { added: ['a.txt'], removed: ['b.txt'] }),
        githubCommit('a2', 'two', { modified: ['a.txt'] }),
      ],
    };
    const id = crypto.randomUUID();
    expect(await github({ body, id })).toMatchObject({
      status: 200,
      body: { detail: 'Stored.', repositories: ['acme/web'], commits: 2, woken: 0 },
    });
    const stored = [
      {
        key: 'a1'.padEnd(40, '0'),
        message: 'one',
        date: '2026-03-01 06:30:00+00',
        email: 'zoe@acme.test',
        files: ['A a.txt', 'D b.txt'],
      },
      expect.objectContaining({ message: 'two', files: ['M a.txt'] }),
    ];
    expect(await commits(web)).toEqual(stored);

    await slipway.pool.query(`update commit set message = 'changed since' where message = 'one'`);
    expect(await github({ body, id })).toMatchObject({
      status: 200,
      body: { detail: 'This delivery was stored before.' },
    });
    expect((await commits(web))[0].message).toBe('changed since');
  });

  test('is stored once by twenty deliveries at the same time', async () => {
    const body = { repository: githubRepository, commits: [githubCommit('c1', 'at once')] };
    const id = crypto.randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => github({ body, id })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.filter(({ body: { detail } }) => detail === 'Stored.')).toHaveLength(1);
    expect((await commits(web)).filter(({ message }) => message === 'at once')).toHaveLength(1);
  });

  test('of GitLab stores its commits, also without a delivery id', async () => {
    const body = {
      object_kind: 'push',
      project: gitlabProject,
      commits: [githubCommit('d1', 'from the lab', { added: ['lab.txt'] })],
      total_commits_count: 1,
    };
    for (const detail of ['Stored.', 'This delivery was stored before.']) {
      expect(await gitlab({ body })).toMatchObject({ status: 200, body: { detail } });
    }
    expect(await commits(lab)).toMatchObject([{ message: 'from the lab', files: ['A lab.txt'] }]);
  });

  test('as a form is read as GitHub sends it', async () => {
    const payload = {
      repository: githubRepository,
      commits: [githubCommit('e1', 'in a form & more')],
    };
    const answer = await github({
      body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status, answer.text).toBe(200);
    expect((await commits(web)).at(-1).message).toBe('in a form & more');
  });

  test('that deletes a branch or holds nothing stores nothing', async () => {
    const before = await commits(web);
    for (const extra of [{}, { commits: [] }, { commits: null }]) {
      const answer = await github({
        body: { repository: githubRepository, deleted: true, ...extra },
      });
      expect(answer).toMatchObject({ status: 200, body: { commits: 0 } });
    }
    expect(await commits(web)).toEqual(before);
  });

  test('with more than any commit may hold is cut, not refused', async () => {
    const big = githubCommit('f1', 'x'.repeat(70_000), {
      author: { name: 'n'.repeat(300), email: 'e'.repeat(300) },
      timestamp: 'yesterday',
      added: ['p'.repeat(600), 'ok.txt'],
    });
    const answer = await github({ body: { repository: githubRepository, commits: [big] } });
    expect(answer.status, answer.text).toBe(200);
    const stored = (await commits(web)).at(-1);
    expect(stored.message).toHaveLength(65_536);
    expect(stored.files).toEqual(['A ok.txt']);
  });
});

describe('the repository of a push', () => {
  const push = (repository: object): Promise<ApiAnswer> =>
    github({ body: { repository: { ...githubRepository, ...repository }, commits: [] } });

  test.each([
    [
      'its name in another case',
      { full_name: 'ACME/Web', id: 1, html_url: null, clone_url: null, ssh_url: null },
      ['acme/web'],
    ],
    [
      'its URL, with a name of its own here',
      {
        id: 2,
        full_name: 'acme/by-url',
        html_url: 'https://github.com/acme/by-url',
        clone_url: null,
        ssh_url: null,
      },
      ['storefront'],
    ],
    [
      'its ssh address, where git fetches from it',
      {
        id: 3,
        full_name: 'acme/ssh',
        html_url: null,
        clone_url: null,
        ssh_url: 'git@github.com:acme/ssh.git',
      },
      ['over ssh'],
    ],
    [
      'the id of the host, after it was renamed',
      { id: 99, full_name: 'acme/renamed', html_url: null, clone_url: null, ssh_url: null },
      ['acme/before'],
    ],
  ])('is found by %s', async (_, repository, names) => {
    expect(await push(repository)).toMatchObject({ status: 200, body: { repositories: names } });
  });

  test.each([
    [
      'nobody has connected',
      { id: 5, full_name: 'acme/unknown', html_url: null, clone_url: null, ssh_url: null },
    ],
    [
      'has another id than the one of this name',
      { id: 6, full_name: 'acme/before', html_url: null, clone_url: null, ssh_url: null },
    ],
    [
      'was disconnected',
      { id: 7, full_name: 'acme/off', html_url: null, clone_url: null, ssh_url: null },
    ],
    [
      'is of another host',
      { id: 8, full_name: 'acme/lab', html_url: null, clone_url: null, ssh_url: null },
    ],
  ])('is told to be unknown when it %s', async (_, repository) => {
    expect(await push(repository)).toMatchObject({
      status: 202,
      body: { detail: `This organization has no repository ${repository.full_name}.` },
    });
  });

  beforeAll(async () => {
    await addRepository('storefront', {
      provider: 'git',
      url: 'https://GitHub.com/acme/by-url.git',
    });
    await addRepository('over ssh', { provider: 'git', url: 'ssh://git@github.com/acme/ssh' });
    await addRepository('acme/before', {
      provider: 'integrations:github',
      url: 'https://github.com/acme/before',
      external_id: '99',
    });
    await addRepository('acme/off', {
      provider: 'github',
      url: 'https://github.com/acme/off',
      status: 'disabled',
    });
  });
});

describe('pull requests', () => {
  test('of GitHub are kept with the commit that merged them', async () => {
    const pull_request = {
      number: 12,
      title: 'Better carts',
      body: 'Fixes WEB-1',
      state: 'open',
      merged: false,
      merge_commit_sha: 'f'.repeat(40),
      user: { login: 'zoe' },
    };
    const send = (more: object): Promise<ApiAnswer> =>
      github({
        event: 'pull_request',
        body: { repository: githubRepository, pull_request: { ...pull_request, ...more } },
      });
    const stored = async (): Promise<any> =>
      (
        await slipway.pool.query(
          `select key, title, message, state, merge_commit_sha, email
             from pull_request join commit_author on commit_author.id = author_id where key = '12'`,
        )
      ).rows;
    expect((await send({})).status).toBe(200);
    const open = {
      key: '12',
      title: 'Better carts',
      message: 'Fixes WEB-1',
      state: 'open',
      merge_commit_sha: null,
      email: 'zoe@localhost',
    };
    expect(await stored()).toEqual([open]);
    await send({ state: 'closed', merged: true, merge_commit_sha: 'c'.repeat(40), body: null });
    const merged = { ...open, state: 'merged', merge_commit_sha: 'c'.repeat(40) };
    expect(await stored()).toEqual([merged]);
  });

  test('of GitLab are kept too', async () => {
    const object_attributes = {
      iid: 3,
      title: 'From the lab',
      description: 'words',
      state: 'merged',
      merge_commit_sha: 'd'.repeat(40),
    };
    const body = { object_kind: 'merge_request', project: gitlabProject, object_attributes };
    expect((await gitlab({ body })).status).toBe(200);
    const { rows } = await slipway.pool.query(
      `select key, title, message, state, merge_commit_sha from pull_request where repository_id = $1`,
      [lab],
    );
    expect(rows).toEqual([
      {
        key: '3',
        title: 'From the lab',
        message: 'words',
        state: 'merged',
        merge_commit_sha: 'd'.repeat(40),
      },
    ]);
  });
});

test('a ping is answered, and events of no use are accepted', async () => {
  expect(await github({ event: 'ping', body: { zen: 'x' } })).toMatchObject({ status: 200 });
  expect(await github({ event: 'star', body: {} })).toMatchObject({ status: 202 });
  expect(await gitlab({ body: { object_kind: 'pipeline' } })).toMatchObject({ status: 202 });
});

describe('401', () => {
  const body = { repository: githubRepository, commits: [] };

  test.each<[string, Partial<Delivery>]>([
    ['another secret', { secret: 'another secret' }],
    ['no signature', { headers: { 'X-Hub-Signature-256': '' } }],
    ['a cut signature', { headers: { 'X-Hub-Signature-256': 'sha256=00' } }],
    [
      'the older kind of signature alone',
      { headers: { 'X-Hub-Signature-256': '', 'X-Hub-Signature': 'sha1=x' } },
    ],
  ])('for %s of GitHub', async (_, delivery) => {
    const answer = await github({ body, ...delivery });
    expect(answer).toMatchObject({ status: 401, body: { detail: expect.any(String) } });
    expect(answer.text).not.toContain(GITHUB_SECRET);
  });

  test('for a signature of another body', async () => {
    const signed = createHmac('sha256', GITHUB_SECRET).update('{}').digest('hex');
    const answer = await github({ body, headers: { 'X-Hub-Signature-256': `sha256=${signed}` } });
    expect(answer.status).toBe(401);
  });

  test.each(['', 'another secret', `${GITLAB_SECRET} `.repeat(2)])(
    'for the token %j of GitLab',
    async (secret) => {
      const answer = await gitlab({
        body: { object_kind: 'push', project: gitlabProject },
        secret,
      });
      expect(answer.status).toBe(401);
    },
  );

  test('for an organization that has set no secret, whatever is sent', async () => {
    await slipway.pool.query(
      `insert into organization (id, slug, name) values (5, 'bare', 'Bare')`,
    );
    expect((await github({ body, organization: 'bare' })).status).toBe(401);
    expect((await gitlab({ body: {}, organization: 'bare', secret: '' })).status).toBe(401);
  });
});

describe('400', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"repository"', /JSON parse error/],
    ['no repository', { commits: [] }, /no push of GitHub: look at repository/],
    ['a commit without an id', { repository: githubRepository, commits: [{}] }, /commits\.0\.id/],
    ['a list', [], /no push of GitHub/],
  ])('for %s', async (_, body, detail) => {
    expect(await github({ body })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(detail) },
    });
  });

  test('for a delivery of GitHub without its event', async () => {
    expect((await github({ body: {}, event: '' })).status).toBe(400);
  });

  test('for a body of GitLab that is none', async () => {
    expect((await gitlab({ body: { object_kind: 'push' } })).status).toBe(400);
    expect((await gitlab({ body: 'x' })).status).toBe(400);
  });
});

describe('404 and 413', () => {
  test('for an unknown organization, before anything is looked at', async () => {
    expect((await github({ body: 'x', organization: 'nope' })).status).toBe(404);
    expect((await gitlab({ body: 'x', organization: 'nope' })).status).toBe(404);
  });

  test('for a body that no host sends', async () => {
    expect((await github({ body: 'x'.repeat(17 * 1024 * 1024) })).status).toBe(413);
  });
});
