import { beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../db/pool.ts';
import { announceIssues } from '../db/outbox/announceIssues.ts';
import { OutboxRelay } from '../activities/outbox/outboxRelay.ts';
import { createLogger } from '../infra/logger.ts';
import { eventually } from './support/actor.ts';
import { useOutbound } from './support/outbound.ts';
import { signatureOf, useReceiver } from './support/receiver.ts';
import { commitOf, releasesPath } from './support/releaseRequests.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';

/** Linked issues of other trackers follow the status of ours (groups-projects-orgs 1.10, decisions 20). */
const slipway = useSlipway({
  environment: { SLIPWAY_ALLOW_PRIVATE_URLS: '1', SLIPWAY_SECRET: TEST_SECRET },
});
const receiver = useReceiver();
const outbound = useOutbound(slipway);
let number = 100;

beforeAll(async () => {
  await outbound.start();
  await outbound.addGitHubRepository('Acme/Shop', receiver.url);
});

async function createGroup(): Promise<Readonly<{ id: string; shortId: string }>> {
  number += 1;
  const { rows } = await slipway.pool.query(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, substatus)
     values ($1, $2, 'Error: broken', now(), now(), now(), 'new') returning id`,
    [slipway.tenant.web.id, number],
  );
  const { body } = await slipway.call('GET', `/api/0/issues/${rows[0].id}/`);
  return { id: rows[0].id, shortId: body.shortId };
}

const linksPath = (groupId: string): string => `/api/slipway/v1/issues/${groupId}/links`;

const link = (groupId: string, body: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', linksPath(groupId), {
    body: { provider: 'github', key: 'acme/shop#7', url: 'https://github.com/x', ...body },
  });

async function announce(groupId: string, type: 'issue.resolved' | 'issue.regressed') {
  const { pool, tenant, temporal } = slipway;
  const isResolved = type === 'issue.resolved';
  const count = await transaction(pool, async (tx) => {
    await tx.query('update group_ set status = $2, substatus = null where id = $1', [
      groupId,
      isResolved ? 'resolved' : 'unresolved',
    ]);
    return announceIssues(tx, tenant.organizationId, type, [groupId]);
  });
  const logger = createLogger('test', 'silent');
  const relay = new OutboxRelay({ pool, client: temporal.client, logger });
  await relay.relayWaiting(tenant.organizationId);
  return count;
}

const states = (groupId: string) =>
  eventually(async () => {
    const { rows } = await slipway.pool.query(
      `select state, last_error from delivery join outbox on outbox.id = outbox_id
        where payload ->> 'issueId' = $1 order by delivery.date_added`,
      [groupId],
    );
    return rows.some(({ state }) => state === 'pending') ? undefined : rows;
  });

describe('links', () => {
  test('are made, listed and taken away', async () => {
    const { id } = await createGroup();
    const made = await link(id, { key: 'acme/shop#1' });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      provider: 'github',
      key: 'acme/shop#1',
      url: 'https://github.com/x',
      syncStatus: true,
      dateCreated: expect.any(String),
    });
    const generic = await link(id, { provider: 'webhook', key: 'ABC-1', url: receiver.url });
    expect(generic.body.secret).toMatch(/^[0-9a-f]{64}$/);
    const listed = await slipway.call('GET', linksPath(id));
    expect(listed.body).toMatchObject([{ key: 'acme/shop#1' }, { key: 'ABC-1' }]);
    expect(listed.text).not.toContain(generic.body.secret);
    expect((await link(id, { key: 'acme/shop#1' })).body).toEqual({
      non_field_errors: ['That issue is already linked'],
    });
    const { activity } = (await slipway.call('GET', `/api/0/issues/${id}/`)).body;
    const told = activity.filter(({ type }: any) => type === 'create_issue');
    expect(told).toMatchObject([
      { user: { id: slipway.tenant.ownerId }, data: { provider: 'Webhook', label: 'ABC-1' } },
      { data: { provider: 'GitHub', label: 'acme/shop#1', location: 'https://github.com/x' } },
    ]);
    const byId = await slipway.call('DELETE', `${linksPath(id)}?id=${made.body.id}`);
    const byKey = await slipway.call('DELETE', `${linksPath(id)}?provider=webhook&key=ABC-1`);
    expect([byId.status, byKey.status]).toEqual([204, 204]);
    expect((await slipway.call('DELETE', `${linksPath(id)}?id=${made.body.id}`)).status).toBe(404);
    expect((await slipway.call('GET', linksPath(id))).body).toEqual([]);
    const { rows } = await slipway.pool.query(
      `select from external_issue where key in ('acme/shop#1', 'ABC-1')`,
    );
    expect(rows).toHaveLength(0);
  });

  test.each([
    ['an unknown provider', { provider: 'jira' }, 'provider'],
    ['a GitHub key without a number', { key: 'acme/shop' }, 'key'],
    ['a key that leads elsewhere', { key: '../..#1' }, 'key'],
    ['a key of another shape', { key: 'acme/shop/more#1' }, 'key'],
    ['a URL that cannot be told', { provider: 'webhook', url: 'ftp://x' }, 'url'],
  ])('are refused with %s', async (_, body, field) => {
    const { id } = await createGroup();
    const answer = await link(id, body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body)).toEqual([field]);
  });
});

describe('status sync', () => {
  test('closes the GitHub issue with the release that fixes ours, and subscribers hear of it', async () => {
    const { id, shortId } = await createGroup();
    await link(id);
    const webhook = await outbound.subscribe(`${receiver.url}/hook`, ['issue.resolved']);
    await slipway.call('POST', releasesPath, {
      body: {
        version: 'fixing@1',
        projects: ['web'],
        commits: [commitOf(1, { message: `Fixes ${shortId}` })],
      },
    });
    expect(await outbound.finished(webhook)).toMatchObject([{ state: 'delivered' }]);
    expect(await states(id)).toEqual([{ state: 'delivered', last_error: null }]);
    const [synced] = receiver.received.filter(({ method }) => method === 'PATCH');
    expect(synced).toMatchObject({
      path: '/api/v3/repos/acme/shop/issues/7',
      body: { state: 'closed', state_reason: 'completed' },
    });
    expect(synced!.headers.authorization).toBe('Bearer github-token');
    const [heard] = receiver.received.filter(({ path }) => path === '/hook');
    expect(heard!.body.data).toEqual({
      issue: { id, shortId, title: 'Error: broken', status: 'resolved' },
      release: { version: 'fixing@1' },
    });
    await slipway.pool.query('delete from webhook');
  });

  test('reopens it when ours comes back, also through a generic signed webhook', async () => {
    const { id } = await createGroup();
    await link(id, { key: 'acme/shop#8' });
    const secret = 'chosen by ourselves';
    await link(id, { provider: 'webhook', key: 'T-1', url: `${receiver.url}/t`, secret });
    expect(await announce(id, 'issue.regressed')).toBe(2);
    expect(await states(id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(receiver.received.find(({ method }) => method === 'PATCH')!.body).toEqual({
      state: 'open',
    });
    const told = receiver.received.find(({ path }) => path === '/t')!;
    expect(told.headers['x-slipway-event']).toBe('issue.status_sync');
    expect(told.headers['x-slipway-signature']).toBe(signatureOf(told, secret));
    expect(told.body.data).toMatchObject({ issueId: id, key: 'T-1', isResolved: false });
  });

  test('is off where the link says so, and ends where there is no token', async () => {
    const { id } = await createGroup();
    await link(id, { key: 'acme/shop#9', syncStatus: false });
    expect(await announce(id, 'issue.resolved')).toBe(0);
    await link(id, { key: 'acme/unknown#1' });
    expect(await announce(id, 'issue.resolved')).toBe(1);
    expect(await states(id)).toEqual([
      {
        state: 'failed',
        last_error: 'The organization has no token for the repository acme/unknown.',
      },
    ]);
    expect(receiver.received).toEqual([]);
  });

  test('an issue that is gone at GitHub is not asked for again', async () => {
    const { id } = await createGroup();
    await link(id, { key: 'acme/shop#10' });
    receiver.script = [{ status: 404 }];
    await announce(id, 'issue.resolved');
    expect(await states(id)).toEqual([{ state: 'failed', last_error: 'The target answered 404.' }]);
  });
});
