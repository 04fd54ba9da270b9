import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFakeGitHub, type FakeGitHub } from './support/fakeGitHub.ts';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { useSlipway } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/** Where a range starts when the client does not say: the release before, or what an environment runs. */
const slipway = useSlipway({
  scm: { stateDir: temporaryFolder(afterAll), fetchTimes: testFetchTimes },
});
const fetches = new Fetches(slipway);
const commits: string[] = [];
let github: FakeGitHub;

beforeAll(async () => {
  github = await startFakeGitHub();
  await fetches.addRepository('acme/web', `${github.url}/acme/web`, 'github');
  for (let index = 0; index < 12; index += 1) {
    commits.push(github.history.commit(`change ${index}`));
  }
});
afterAll(() => github.close());

async function startFrom(setting: unknown): Promise<void> {
  await slipway.pool.query(
    `insert into organization_option (organization_id, key, value) values ($1, 'slipway:fetch_base', $2)
     on conflict on constraint organization_option_pkey do update set value = excluded.value`,
    [slipway.tenant.organizationId, JSON.stringify(setting)],
  );
}

/** A release with the commit of this number as its head, fetched. */
async function release(version: string, commit: number, project = 'web'): Promise<any> {
  await fetches.createRelease(version, { commit: commits[commit]! }, project);
  return fetches.reached(version, 'complete');
}

async function deploy(version: string, environment: string, projects = ['web']): Promise<void> {
  const answer = await slipway.call(
    'POST',
    `/api/0/organizations/acme/releases/${version}/deploys/`,
    { body: { environment, projects, name: `${version} ${environment} ${Math.random()}` } },
  );
  expect(answer.status, answer.text).toBe(201);
}

beforeEach(async () => {
  await slipway.pool.query(`delete from release where version <> ''`);
  await startFrom('environment:production');
});

describe('with an environment as base', () => {
  test('a range starts at the head of what was deployed there last, not at the release before', async () => {
    await release('1.0', 0);
    await deploy('1.0', 'production');
    await release('1.1', 2);
    await deploy('1.1', 'staging');
    expect((await release('1.2', 4)).base).toMatchObject({
      sha: commits[0],
      source: 'environment',
      choice: 'given',
    });
    expect(await fetches.messages('1.2')).toEqual([4, 3, 2, 1].map((index) => `change ${index}`));
  });

  test('a rollback counts: what runs there is what was deployed last', async () => {
    await release('2.0', 0);
    await release('2.1', 3);
    await deploy('2.0', 'production');
    await deploy('2.1', 'production');
    await deploy('2.0', 'production');
    expect((await release('2.2', 5)).base).toMatchObject({ sha: commits[0] });
  });

  test('deploys of other projects and of the release itself do not count', async () => {
    await release('3.0', 0);
    await deploy('3.0', 'production');
    await release('3.1', 2, 'api');
    await deploy('3.1', 'production', ['api']);
    await release('3.2', 4);
    await deploy('3.2', 'production');
    await slipway.call('PUT', '/api/0/organizations/acme/releases/3.2/', {
      body: { refs: [{ repository: 'acme/web', commit: commits[5] }] },
    });
    const sync = await fetches.until(
      '3.2',
      ({ head, state }) => head === commits[5] && state === 'complete',
    );
    expect(sync.base).toMatchObject({ sha: commits[0], source: 'environment' });
  });

  test('where nothing was deployed yet it starts at the release before', async () => {
    await release('4.0', 0);
    expect((await release('4.1', 2)).base).toMatchObject({
      sha: commits[0],
      source: 'previous_release',
    });
  });

  test('what the client names comes first', async () => {
    await release('5.0', 0);
    await deploy('5.0', 'production');
    await fetches.createRelease('5.1', { commit: commits[4]!, previousCommit: commits[3]! });
    expect((await fetches.reached('5.1', 'complete')).base).toMatchObject({
      sha: commits[3],
      source: 'client',
    });
  });
});

test.each([null, 'previous_release', 'environment:', 'nonsense', 7])(
  'with the setting %j a range starts at the release before',
  async (setting) => {
    await startFrom(setting);
    await release('6.0', 0);
    await deploy('6.0', 'production');
    await release('6.1', 2);
    expect((await release('6.2', 4)).base).toMatchObject({
      sha: commits[2],
      source: 'previous_release',
    });
  },
);
