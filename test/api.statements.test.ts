import { beforeAll, describe, expect, test } from 'vitest';
import {
  commitOf,
  projectReleasesPath,
  releasePath,
  releasesPath,
} from './support/releaseRequests.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';
import { logStatements } from './support/statementLog.ts';

/** The number of statements of a request must not depend on its size (DESIGN 2.4 and 8). */
const slipway = useSlipway();

const PROJECTS = 50;

beforeAll(async () => {
  const { pool, tenant } = slipway;
  await pool.query(
    `with crew as (select id from team where slug = 'crew'),
          made as (
       insert into project (organization_id, slug, name)
       select $1, 'p-' || i, 'p' from generate_series(1, $2) as i returning id)
     insert into project_team (project_id, team_id) select made.id, crew.id from made, crew`,
    [tenant.organizationId, PROJECTS],
  );
  // Connections are open and the repository of the commits is known before anything is counted.
  await post('warm', { projects: ['web'], commits: [commitOf(1)] });
});

const put = (version: string, body: object): Promise<ApiAnswer> =>
  slipway.call('PUT', releasePath(version), { body });

const post = (version: string, more: object, rest = ''): Promise<ApiAnswer> =>
  slipway.call('POST', rest === '' ? releasesPath : releasePath(version, rest), {
    body: rest === '' ? { version, ...more } : more,
  });

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a write takes the same statements', () => {
  let number = 0;

  /** Runs the request on two fresh releases, small and large, and answers the sorted statements of each. */
  async function statementsOf(
    request: (version: string, size: number) => Promise<ApiAnswer>,
    sizes: [number, number],
  ) {
    const log = logStatements();
    const taken: string[][] = [];
    for (const size of sizes) {
      number += 1;
      const version = `counted-${number}`;
      await post(version, { projects: ['web', 'api'] });
      log.take();
      const answer = await request(version, size);
      expect(answer.status, answer.text).toBeLessThan(300);
      expect(answer.status).not.toBe(202);
      taken.push(log.take().sort());
    }
    return taken;
  }

  test.each([
    [
      '1 and 500 commits',
      1,
      500,
      (version: string, size: number) =>
        put(version, { commits: range(size).map((i) => commitOf(number * 1_000 + i)) }),
    ],
    [
      '1 and 500 authors and repositories',
      1,
      500,
      (version: string, size: number) =>
        put(version, {
          commits: range(size).map((i) =>
            commitOf(number * 1_000 + i, {
              repository: `r${number}-${i}`,
              author_email: `a${number}-${i}@acme.test`,
            }),
          ),
        }),
    ],
    [
      '1 and 500 files',
      1,
      500,
      (version: string, size: number) =>
        put(version, {
          commits: [
            commitOf(number * 1_000, {
              patch_set: range(size).map((i) => ({ path: `f${i}`, type: 'A' })),
            }),
          ],
        }),
    ],
    [
      '1 and 50 refs',
      1,
      50,
      async (version: string, size: number) => {
        const names = range(size).map((i) => `ref${number}-${i}`);
        await slipway.pool.query(
          'insert into repository (organization_id, name) select $1, unnest($2::text[])',
          [slipway.tenant.organizationId, names],
        );
        return put(version, { refs: names.map((repository) => ({ repository, commit: 'abc' })) });
      },
    ],
    [
      '1 and 50 projects',
      1,
      50,
      (version: string, size: number) =>
        post(version, { projects: range(size).map((i) => `p-${i + 1}`) }),
    ],
    [
      'a deploy of 1 and of 2 projects',
      1,
      2,
      (version: string, size: number) =>
        post(version, { environment: 'prod', projects: ['web', 'api'].slice(0, size) }, 'deploys/'),
    ],
  ])('for %s', async (_, small, large, request) => {
    const [few, many] = await statementsOf(request, [small, large]);
    expect(many).toEqual(few);
  });

  test('and the reply reads avatars only where it shows people', async () => {
    const [small] = await statementsOf((version) => put(version, { ref: 'main' }), [1, 1]);
    expect(small!.filter((name) => name.startsWith('listAvatars'))).toEqual([]);
    const author_email = 'owner@acme.test';
    await slipway.pool.query(
      'insert into user_email (user_id, email, is_verified) values ($1, $2, true)',
      [slipway.tenant.ownerId, author_email],
    );
    const [shown] = await statementsOf(
      (version) => put(version, { commits: [commitOf(800_000 + number, { author_email })] }),
      [1, 1],
    );
    expect(shown!.filter((name) => name.startsWith('listAvatars'))).toEqual(['listAvatars_user']);
  });

  test('a list of commits is stored in a fixed, small number of them', async () => {
    const [few] = await statementsOf(
      (version) => put(version, { commits: [commitOf(900_000 + number)] }),
      [1, 1],
    );
    expect(few!.length).toBeLessThanOrEqual(30);
  });
});

describe('a read takes the same statements', () => {
  async function statementsOf(paths: readonly string[]): Promise<string[][]> {
    const log = logStatements();
    const taken: string[][] = [];
    for (const path of paths) {
      const answer = await slipway.call('GET', path);
      expect(answer.status, answer.text).toBe(200);
      taken.push(log.take().sort());
    }
    return taken;
  }

  beforeAll(async () => {
    const commits = range(120).map((i) =>
      commitOf(700_000 + i, {
        author_email: `many-${i}@acme.test`,
        repository: `many-${i % 40}`,
        patch_set: [{ path: `f${i}`, type: 'A' }],
      }),
    );
    await post('many', { projects: ['web'], commits });
    await post('one', { projects: ['web'], commits: commits.slice(0, 1) });
    await slipway.pool.query(
      `with source as (select * from release where version = 'many'),
            made as (
         insert into release (organization_id, version, last_commit_id, author_ids, owner_id)
         select organization_id, 'list-' || i, last_commit_id, author_ids, $1 from source, generate_series(1, 60) as i
         returning id)
       insert into release_project (release_id, project_id) select made.id, project.id from made, project`,
      [slipway.tenant.ownerId],
    );
  });

  test.each([
    ['releases of an organization', `${releasesPath}?per_page=1`, `${releasesPath}?per_page=60`],
    [
      'releases of a project',
      `${projectReleasesPath('web')}?per_page=1`,
      `${projectReleasesPath('web')}?per_page=60`,
    ],
    ['stats', `${releasesPath}stats/?per_page=1`, `${releasesPath}stats/`],
    ['commits', releasePath('one', 'commits/'), releasePath('many', 'commits/')],
    ['changed files', releasePath('one', 'commitfiles/'), releasePath('many', 'commitfiles/')],
    ['release details', releasePath('one'), releasePath('many')],
    ['release figures', releasePath('one', 'meta/'), releasePath('many', 'meta/')],
    [
      'projects',
      '/api/0/organizations/acme/projects/?per_page=1',
      '/api/0/organizations/acme/projects/',
    ],
    [
      'repositories',
      '/api/0/organizations/acme/repos/?per_page=1',
      '/api/0/organizations/acme/repos/',
    ],
  ])('for few and for many %s', async (_, few, many) => {
    const [forFew, forMany] = await statementsOf([few, many]);
    expect(forMany).toEqual(forFew);
    // Token, organization, project, and at most two for what is asked for: its rows, and the avatars of its people.
    expect(forFew!.length).toBeLessThanOrEqual(5);
  });
});
