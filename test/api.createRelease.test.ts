import { describe, expect, test, vi } from 'vitest';
import { commitOf, releasePath, releasesPath, sha } from './support/releaseRequests.ts';
import { teamMateToken, withClosedMembership } from './support/teamMate.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway();

const create = (body: object, options: object = {}) =>
  slipway.call('POST', releasesPath, { body, ...options });

const operations = async (): Promise<number> =>
  Number((await slipway.pool.query('select count(*) from operation')).rows[0].count);

const activities = async (version: string): Promise<string[]> => {
  const { rows } = await slipway.pool.query(
    `select project.slug from activity join project on project.id = activity.project_id
      where type = 'release' and data ->> 'version' = $1 order by activity.id`,
    [version],
  );
  return rows.map((row) => row.slug);
};

describe('201', () => {
  test('a new release is answered in full, and its repeat with 208 and the same id', async () => {
    const body = { version: 'shop@1.0.0+7', projects: ['web'] };
    const created = await create(body);
    expect(created.status, created.text).toBe(201);
    expect(created.headers.get('content-type')).toBe('application/json');
    expect(created.body).toMatchObject({
      version: 'shop@1.0.0+7',
      status: 'open',
      versionInfo: { package: 'shop', description: '1.0.0 (7)' },
      projects: [{ id: Number(slipway.tenant.web.id), slug: 'web' }],
      commitCount: 0,
    });
    const repeated = await create(body);
    expect(repeated.status).toBe(208);
    expect(repeated.body).toEqual(created.body);
  });

  test('everything that only counts at creation is stored: ref, url, owner, date, status, user agent', async () => {
    const { rows } = await slipway.pool.query('select username from app_user where id = $1', [
      slipway.tenant.ownerId,
    ]);
    const answer = await create(
      {
        version: 'full',
        projects: ['web'],
        ref: ' main ',
        url: 'https://ci.acme.test/1',
        owner: rows[0].username.toUpperCase(),
        dateReleased: '2026-02-03T10:14:58.12+01:00',
        status: 'archived',
      },
      { headers: { 'User-Agent': `sentry-cli/3.8.0 ${'x'.repeat(300)}` } },
    );
    expect(answer.body).toMatchObject({
      ref: 'main',
      url: 'https://ci.acme.test/1',
      owner: { id: slipway.tenant.ownerId },
      dateReleased: '2026-02-03T09:14:58.120000Z',
      status: 'archived',
      userAgent: `sentry-cli/3.8.0 ${'x'.repeat(239)}`,
    });
  });

  test('a project more makes the repeat a 201 again', async () => {
    await create({ version: 'grows', projects: ['web'] });
    const grown = await create({ version: 'grows', projects: ['api'] });
    expect(grown.status).toBe(201);
    expect(grown.body.projects.map((project: any) => project.slug)).toEqual(['api', 'web']);
  });

  test('projects are slugs, ids as numbers and ids as digits, mixed and repeated', async () => {
    const { web, api } = slipway.tenant;
    const answer = await create({
      version: 'mixed',
      projects: ['web', Number(web.id), web.id, api.id, 'web'],
    });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.projects).toHaveLength(2);
  });

  test('an empty list attaches nothing; the release shows to those who may use every project', async () => {
    const created = await create({ version: 'loose', projects: [] });
    expect(created.status).toBe(201);
    expect(created.body.projects).toEqual([]);
    expect((await create({ version: 'loose', projects: [] })).status).toBe(208);
    expect((await slipway.call('GET', releasePath('loose'))).status).toBe(200);
  });

  test('without the projects key it is the only project that the caller can release to', async () => {
    const token = await teamMateToken(slipway, slipway.tenant.api.id, ['project:write']);
    const answer = await create({ version: 'implied' }, { token });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.projects.map((project: any) => project.slug)).toEqual(['api']);
  });

  test('commits come along, the newest first', async () => {
    const answer = await create({
      version: 'with-commits',
      projects: ['web'],
      commits: [commitOf(1), commitOf(2)],
    });
    expect(answer.body).toMatchObject({ commitCount: 2, lastCommit: { id: sha(2) } });
  });

  test('a version may hold blanks, percent signs, plus signs and any script, and is found under its path', async () => {
    for (const version of [
      'rel 1 %25 é',
      'a@b+c',
      '1.2.1 (123)',
      '–',
      ' padded ',
      '日本',
      '😀'.repeat(200),
    ]) {
      const created = await create({ version, projects: ['web'] });
      expect(created.status, version).toBe(201);
      expect(created.body.version).toBe(version);
      expect((await slipway.call('GET', releasePath(version))).body.id).toBe(created.body.id);
    }
  });

  test('a release that is out announces itself once to every project that is new to it', async () => {
    const body = { version: 'out', dateReleased: '2026-01-01T00:00:00Z' };
    await create({ ...body, projects: ['web'] });
    await create({ ...body, projects: ['web', 'api'] });
    await create({ ...body, projects: ['web', 'api'] });
    expect(await activities('out')).toEqual(['web', 'api']);
  });

  test('linking marks the project as one with releases', async () => {
    await create({ version: 'marks', projects: ['web'] });
    const { rows } = await slipway.pool.query('select has_releases from project where slug = $1', [
      'web',
    ]);
    expect(rows[0].has_releases).toBe(true);
  });

  test('an organization token reaches every project and remembers the first one', async () => {
    const token = slipway.tenant.organizationToken;
    const answer = await create({ version: 'by-ci', projects: ['api', 'web'] }, { token });
    expect(answer.status).toBe(201);
    await vi.waitFor(async () => {
      const { rows } = await slipway.pool.query(
        'select project_last_used_id, date_last_used from org_auth_token',
      );
      expect(rows[0].project_last_used_id).toBe(slipway.tenant.api.id);
      expect(rows[0].date_last_used).not.toBeNull();
    });
  });

  test('a form is as good as JSON', async () => {
    const answer = await slipway.call('POST', releasesPath, {
      raw: 'version=formed&projects=web&projects=api',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.projects).toHaveLength(2);
  });
});

describe('208', () => {
  test('a repeat changes nothing but the status', async () => {
    await create({
      version: 'kept',
      projects: ['web'],
      ref: 'main',
      dateReleased: '2026-01-01T00:00:00Z',
    });
    const repeat = await create({
      version: 'kept',
      projects: ['web'],
      ref: 'other',
      url: 'https://x.test/',
      dateReleased: '2026-05-05T00:00:00Z',
      status: 'archived',
    });
    expect(repeat.status).toBe(208);
    expect(repeat.body).toMatchObject({
      ref: 'main',
      url: null,
      dateReleased: '2026-01-01T00:00:00.000000Z',
      status: 'archived',
    });
  });

  test('archive and restore send no projects and detach none', async () => {
    await create({ version: 'comes-back', projects: ['web'] });
    for (const status of ['archived', 'open']) {
      const answer = await create({ version: 'comes-back', projects: [], status });
      expect(answer.status).toBe(208);
      expect(answer.body).toMatchObject({ status, projects: [{ slug: 'web' }] });
    }
  });

  test('refs: [] means nothing here', async () => {
    await create({ version: 'refless', projects: ['web'], commits: [commitOf(3)] });
    const repeat = await create({ version: 'refless', projects: ['web'], refs: [] });
    expect(repeat.body.commitCount).toBe(1);
  });
});

describe('400', () => {
  test.each([
    [{}, { version: ['This field is required.'] }],
    [{ version: null, projects: [] }, { version: ['This field may not be null.'] }],
    [
      { version: 'Latest', projects: ['web'] },
      { version: ['Release with name Latest is not allowed'] },
    ],
    [{ version: 'v', projects: ['nope'] }, { projects: ['Invalid project ids or slugs'] }],
    [{ version: 'v', projects: [999999] }, { projects: ['Invalid project ids or slugs'] }],
    [{ version: 'v', projects: [''] }, { projects: ['Invalid project ids or slugs'] }],
    [{ version: 'v', projects: [['web']] }, { projects: ['Invalid project ids or slugs'] }],
    [
      { version: 'v', projects: 'web' },
      { projects: ['Expected a list of items but got type "str".'] },
    ],
    [{ version: 'v', projects: null }, { projects: ['This field may not be null.'] }],
    [{ version: 'v' }, { projects: ['This field is required.'] }],
    [{ version: 'v', projects: ['web'], owner: 'nobody' }, { owner: ['Unable to find user'] }],
    [{ version: 'v', projects: ['web'], owner: '' }, { owner: ['Unable to find user'] }],
    [{ version: 'v', projects: ['web'], owner: 0 }, { owner: ['Unable to find user'] }],
    [{ version: 'v', projects: ['web'], status: 'x' }, { status: ['Invalid status x'] }],
    [
      { version: 'v', projects: ['web'], commits: [{ repository: 'r' }] },
      { commits: { id: ['This field is required.'] } },
    ],
  ])('%j is refused before anything is stored', async (body, error) => {
    const before = await operations();
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(error);
    expect(await operations()).toBe(before);
  });

  test('an owner has to be a member of the organization', async () => {
    const { rows } = await slipway.pool.query(
      "insert into app_user (username) values ('stranger') returning id",
    );
    for (const owner of ['stranger', rows[0].id, Number(rows[0].id)]) {
      const answer = await create({ version: 'owned', projects: ['web'], owner });
      expect(answer.body).toEqual({ owner: ['User does not have access to this organization'] });
    }
  });

  test('unknown repositories in refs are all named; release, links and commits stay', async () => {
    const answer = await create({
      version: 'half',
      projects: ['web'],
      commits: [commitOf(4)],
      refs: [
        { repository: 'nope/a', commit: sha(4) },
        { repository: 'nope/b', commit: sha(4) },
      ],
    });
    expect(answer.status).toBe(400);
    expect(answer.body.refs[0]).toMatch(/^Invalid repository names: nope\/[ab],nope\/[ab]$/);
    const repeat = await create({ version: 'half', projects: ['web'] });
    expect(repeat.status).toBe(208);
    expect(repeat.body).toMatchObject({ commitCount: 1, projects: [{ slug: 'web' }] });
  });

  test('joining a release that reaches into foreign projects names all of its projects', async () => {
    await create({ version: 'shared', projects: ['web', 'api'] });
    const token = await teamMateToken(slipway, slipway.tenant.web.id, ['project:write']);
    await withClosedMembership(slipway, async () => {
      const answer = await create({ version: 'shared', projects: ['web'] }, { token });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        projects: ['You do not have permission to one of the projects: api, web'],
      });
    });
  });

  test('projects of other teams can be named only when the query widens the set', async () => {
    const token = await teamMateToken(slipway, null, ['project:write']);
    const body = { version: 'widened', projects: ['web'] };
    expect((await create(body, { token })).body).toEqual({
      projects: ['Invalid project ids or slugs'],
    });
    for (const query of ['?project=-1', '?project=web']) {
      const answer = await slipway.call('POST', `${releasesPath}${query}`, { body, token });
      expect(answer.status, answer.text).toBeLessThan(300);
    }
  });
});

describe('Idempotency-Key', () => {
  const headers = { 'Idempotency-Key': 'ci-run-1' };

  test('the same key twice gives the first answer again, even after the release has changed', async () => {
    const body = { version: 'keyed', projects: ['web'] };
    const first = await create(body, { headers });
    expect(first.status).toBe(201);
    await slipway.call('PUT', releasePath('keyed'), { body: { ref: 'later' } });
    const second = await create(body, { headers });
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
  });

  test('the same key with another body, or on another endpoint, is a 422', async () => {
    const key = { headers: { 'Idempotency-Key': 'ci-run-2' } };
    const body = { version: 'keyed-2', projects: ['web'] };
    await create(body, key);
    for (const answer of [
      await create({ ...body, ref: 'other' }, key),
      await slipway.call('PUT', releasePath('keyed-2'), { body, ...key }),
    ]) {
      expect(answer.status).toBe(422);
      expect(Object.keys(answer.body)).toEqual(['detail']);
    }
  });

  test('a refusal is an answer too', async () => {
    const key = { headers: { 'Idempotency-Key': 'ci-run-3' } };
    const body = {
      version: 'keyed-3',
      projects: ['web'],
      refs: [{ repository: 'x', commit: 'y' }],
    };
    const first = await create(body, key);
    expect(first.status).toBe(400);
    expect(await create(body, key)).toMatchObject({ status: 400, body: first.body });
  });

  test.each(['', ' ', 'a b', 'x'.repeat(256)])('%j is no key', async (key) => {
    const answer = await create(
      { version: 'keyed-4', projects: ['web'] },
      { headers: { 'Idempotency-Key': key } },
    );
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(/^Idempotency-Key /);
  });
});

describe('the operation behind a write', () => {
  const last = async (token?: string): Promise<any> => {
    const { rows } = await slipway.pool.query('select id from operation order by seq desc limit 1');
    const path = `/api/slipway/v1/operations/${rows[0].id}`;
    return (await slipway.call('GET', path, token === undefined ? {} : { token })).body;
  };

  test('shows what the call has answered', async () => {
    const answer = await create({ version: 'operated', projects: ['web'] });
    const { organizationId, organizationToken } = slipway.tenant;
    const operation = await last(organizationToken);
    expect(operation).toStrictEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      kind: 'release.create',
      organization: 'acme',
      release: 'operated',
      status: 'done',
      createdAt: expect.stringMatching(/Z$/),
      finishedAt: expect.stringMatching(/Z$/),
      attempts: 1,
      outcome: { status: 201, body: answer.body },
      error: null,
      workflow: {
        id: `release:${organizationId}:operated`,
        url: expect.stringContaining(encodeURIComponent(`release:${organizationId}:operated`)),
      },
    });
  });

  test('shows why it failed', async () => {
    const refs = [{ repository: 'nope', commit: 'a' }];
    const answer = await create({ version: 'failed', projects: ['web'], refs });
    expect(await last()).toMatchObject({
      status: 'failed',
      outcome: null,
      error: { status: 400, detail: answer.body },
    });
  });
});
