import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretBox } from '../infra/secretBox.ts';
import { startFakeGitHub, type FakeGitHub } from './support/fakeGitHub.ts';
import { Fetches, testFetchTimes } from './support/fetches.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/** Nobody looks again by himself in this file: only the webhook can end the wait. */
const slipway = useSlipway({
  scm: {
    stateDir: temporaryFolder(afterAll),
    fetchTimes: { ...testFetchTimes, pollMs: { first: 600_000, longest: 600_000 } },
  },
});
const fetches = new Fetches(slipway);
const SECRET = 'a-secret-for-webhooks';
let github: FakeGitHub;

beforeAll(async () => {
  github = await startFakeGitHub();
  await fetches.addRepository('acme/web', `${github.url}/acme/web`, 'github');
  await slipway.pool.query(
    `insert into organization_option (organization_id, key, value)
     values ($1, 'slipway:github_webhook_secret', to_json($2::text))`,
    [slipway.tenant.organizationId, new SecretBox(TEST_SECRET).seal(SECRET).toString('base64')],
  );
});
afterAll(() => github.close());

function push(commits: object[]): Promise<ApiAnswer> {
  const raw = JSON.stringify({ repository: { id: 1, full_name: 'acme/web' }, commits });
  const signature = createHmac('sha256', SECRET).update(raw).digest('hex');
  return slipway.call('POST', '/api/slipway/v1/hooks/github/acme', {
    token: null,
    raw,
    headers: {
      'X-GitHub-Event': 'push',
      'X-GitHub-Delivery': crypto.randomUUID(),
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
  });
}

test('a push ends the wait of every release for its repository, and of no other', async () => {
  const base = github.history.commit('base');
  const head = github.history.commit('pushed late');
  const late = github.history.commits.get(head)!;
  github.history.commits.delete(head);
  for (const version of ['1.0', '1.1']) {
    await fetches.createRelease(version, { commit: head, previousCommit: base });
  }
  await fetches.createRelease('1.2', { commit: 'f'.repeat(40), previousCommit: base });
  for (const version of ['1.0', '1.1', '1.2']) await fetches.reached(version, 'waiting_for_push');

  github.history.commits.set(head, late);
  expect(await push([{ id: head, message: 'pushed late' }])).toMatchObject({
    status: 200,
    body: { commits: 1, woken: 3 },
  });
  for (const version of ['1.0', '1.1']) {
    await fetches.reached(version, 'complete');
    expect(await fetches.messages(version)).toEqual(['pushed late']);
  }
  expect((await fetches.sync('1.2')).state).not.toBe('complete');
});

test('a push while the host still answers that it knows nothing leaves the fetch waiting', async () => {
  await fetches.createRelease('2.0', { commit: 'e'.repeat(40) });
  const before = await fetches.reached('2.0', 'waiting_for_push');
  await push([]);
  const after = await fetches.until(
    '2.0',
    ({ state, attempt }) => state === 'waiting_for_push' && attempt > before.attempt,
  );
  expect(after.waitUntil).toBe(before.waitUntil);
});

test('a push for a release whose fetch has ended is stored all the same', async () => {
  expect(await push([{ id: 'a'.repeat(40), message: 'for nobody' }])).toMatchObject({
    status: 200,
    body: { detail: 'Stored.' },
  });
});
