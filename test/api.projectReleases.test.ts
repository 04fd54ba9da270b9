import { describe, expect, test } from 'vitest';
import {
  commitOf,
  projectReleasesPath,
  releasePath,
  releasesPath,
  sha,
} from './support/releaseRequests.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/** What the project family does otherwise than the organization family (releases-api 3.6 and 3.7). */
const slipway = useSlipway();

const create = (project: string, body: object): Promise<ApiAnswer> =>
  slipway.call('POST', projectReleasesPath(project), { body });

const path = (project: string, version: string, rest = ''): string =>
  `${projectReleasesPath(project)}${encodeURIComponent(version)}/${rest}`;

const activities = async (version: string): Promise<string[]> => {
  const { rows } = await slipway.pool.query(
    `select slug from activity join project on project.id = project_id
      where type = 'release' and data ->> 'version' = $1 order by activity.id`,
    [version],
  );
  return rows.map((row) => row.slug);
};

describe('POST', () => {
  test('201 when the link is new, 208 when it was there, whether the release is new or not', async () => {
    expect((await create('web', { version: 'linked' })).status).toBe(201);
    expect((await create('web', { version: 'linked' })).status).toBe(208);
    expect((await create('api', { version: 'linked' })).status).toBe(201);
    await slipway.call('POST', releasesPath, { body: { version: 'unlinked', projects: [] } });
    expect((await create('web', { version: 'unlinked' })).status).toBe(201);
  });

  test('projects, refs and headCommits of the body are ignored', async () => {
    const answer = await create('web', {
      version: 'ignoring',
      projects: ['api', 'nope'],
      refs: [{ repository: 'nope', commit: '..' }],
      headCommits: null,
    });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body.projects.map((project: any) => project.slug)).toEqual(['web']);
  });

  test('the status of an existing release changes, its other fields do not', async () => {
    await create('web', { version: 'changed', ref: 'a' });
    const answer = await create('web', { version: 'changed', ref: 'b', status: 'archived' });
    expect(answer.body).toMatchObject({ ref: 'a', status: 'archived' });
  });

  test('only the creation of a release that is out is announced, not a later link', async () => {
    const body = { version: 'silent', dateReleased: '2026-01-01T00:00:00Z' };
    await create('web', body);
    await create('api', body);
    expect(await activities('silent')).toEqual(['web']);
  });

  test('commits are set', async () => {
    const answer = await create('web', {
      version: 'committed',
      commits: [commitOf(1), commitOf(2)],
    });
    expect(answer.body).toMatchObject({ commitCount: 2, lastCommit: { id: sha(2) } });
  });

  test('a project by its id', async () => {
    expect((await create(slipway.tenant.api.id, { version: 'by-id' })).status).toBe(201);
  });

  test('404 for an unknown project, before the body is looked at', async () => {
    for (const project of ['nope', '0', '-1', '$all', '9'.repeat(30)]) {
      expect((await create(project, {})).status, project).toBe(404);
    }
  });
});

describe('one release', () => {
  test('is 404 through a project that it is not linked to', async () => {
    await create('web', { version: 'mine' });
    for (const [method, rest] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', 'commits/'],
    ] as const) {
      const answer = await slipway.call(method, path('api', 'mine', rest));
      expect(answer.status, `${method} ${rest}`).toBe(404);
    }
    const own = await slipway.call('GET', path('web', 'mine'));
    const wide = await slipway.call('GET', releasePath('mine'));
    expect(wide.body).toMatchObject(own.body);
  });

  test('takes health and stats periods', async () => {
    const answer = await slipway.call('GET', `${path('web', 'mine')}?health=1`);
    expect(answer.body.projects[0]).toMatchObject({ hasHealthData: false, healthData: null });
    const refused = await slipway.call('GET', `${path('web', 'mine')}?healthStatsPeriod=3d`);
    expect(refused.body).toEqual({
      detail:
        "Invalid healthStatsPeriod. Valid choices are '1h', '24h', '1d', '48h', '2d', '7d', '14d', '30d', '90d'",
    });
  });

  test('is updated with the same truthy-only rule; its release is announced to this project alone', async () => {
    await create('web', { version: 'put', ref: 'a' });
    await create('api', { version: 'put' });
    const answer = await slipway.call('PUT', path('api', 'put'), {
      body: { ref: '', dateReleased: '2026-01-01T00:00:00Z', refs: [], commits: [commitOf(3)] },
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ ref: 'a', commitCount: 1 });
    expect(await activities('put')).toEqual(['api']);
    const archived = await slipway.call('PUT', path('api', 'put'), {
      body: { status: 'archived' },
    });
    expect(archived.body.status).toBe('archived');
    const restored = await slipway.call('PUT', path('api', 'put'), { body: { status: 'open' } });
    expect(restored.body.status).toBe('open');
  });

  test('is deleted from all of its projects', async () => {
    await create('web', { version: 'gone' });
    await create('api', { version: 'gone' });
    const answer = await slipway.call('DELETE', path('web', 'gone'));
    expect(answer.status).toBe(204);
    expect((await slipway.call('GET', path('api', 'gone'))).status).toBe(404);
  });

  test('lists its commits, of one repository if asked for by name or external id', async () => {
    await slipway.pool.query(
      `insert into repository (organization_id, name, external_id, status) values
         ($1, 'acme/a', 'ext-a', 'active'), ($1, 'acme/b', 'ext-b', 'active'), ($1, 'acme/c', 'ext-c', 'hidden')`,
      [slipway.tenant.organizationId],
    );
    await create('web', {
      version: 'two-repositories',
      commits: [
        commitOf(10, { repository: 'acme/a' }),
        commitOf(11, { repository: 'acme/b' }),
        commitOf(12, { repository: 'acme/a' }),
      ],
    });
    const list = async (query: string): Promise<number | string[]> => {
      const answer = await slipway.call('GET', path('web', 'two-repositories', `commits/${query}`));
      return answer.status === 200 ? answer.body.map((commit: any) => commit.id) : answer.status;
    };
    expect(await list('')).toEqual([sha(12), sha(11), sha(10)]);
    expect(await list('?repo_name=acme/a')).toEqual([sha(12), sha(10)]);
    expect(await list('?repo_id=ext-b')).toEqual([sha(11)]);
    expect(await list('?repo_id=ext-b&repo_name=acme/b')).toEqual([sha(11)]);
    expect(await list('?repo_id=ext-b&repo_name=acme/a')).toEqual([]);
    expect(await list('?repo_name=nope')).toBe(404);
    expect(await list('?repo_id=ext-b&repo_name=nope')).toBe(404);
    expect(await list('?repo_name=acme/c')).toBe(404);
  });
});
