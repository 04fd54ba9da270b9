import { afterEach, beforeAll, expect, test } from 'vitest';
import { createActivities } from '../activities/createActivities.ts';
import { createLogger } from '../infra/logger.ts';
import type { DeliveryTimes } from '../workflows/deliverStart.ts';
import { retryNowSignal } from '../workflows/messages.ts';
import { eventually } from './support/actor.ts';
import { useOutbound } from './support/outbound.ts';
import { signatureOf, useReceiver } from './support/receiver.ts';
import { releasePath, releasesPath } from './support/releaseRequests.ts';
import { useSlipway } from './support/slipway.ts';

/**
 * From a change to its subscribers:
 *   1. what is told, with which signature, and that organizations without subscribers write nothing
 *   2. failures of the receiver: retried, given up, gone, redirects, Retry-After
 *   3. dead workers, and events that were left behind
 */
const deliveryTimes: DeliveryTimes = { retryForMs: 60_000, pauseMs: { first: 1, longest: 1 } };
const slipway = useSlipway({ deliveryTimes });
const receiver = useReceiver();
const outbound = useOutbound(slipway);

beforeAll(() => outbound.start());
afterEach(async () => {
  await slipway.pool.query('delete from webhook');
  await slipway.pool.query('delete from outbox');
});

const create = (version: string, more: object = {}) =>
  slipway.call('POST', releasesPath, { body: { version, projects: ['web'], ...more } });

const outboxSize = async (): Promise<number> =>
  Number((await slipway.pool.query('select count(*) from outbox')).rows[0].count);

test('a release, its date and its deploys are told, signed, with their data', async () => {
  const events = ['release.created', 'release.finalized', 'deploy.created'];
  const webhook = await outbound.subscribe(`${receiver.url}/hook?key=1`, events, 'top secret');
  await create('told@1.0.0', { ref: 'main' });
  await slipway.call('PUT', releasePath('told@1.0.0'), {
    body: { dateReleased: '2026-02-03T10:00:00Z' },
  });
  const deployed = await slipway.call('POST', releasePath('told@1.0.0', 'deploys/'), {
    body: { environment: 'production', name: 'blue' },
  });
  const deliveries = await outbound.finished(webhook, 3);
  expect(deliveries.map(({ type, state }) => [type, state])).toEqual(
    events.map((type) => [type, 'delivered']),
  );
  const told = (type: string) => receiver.received.find(({ body }) => body.event === type)!;
  expect(told('release.created').body).toMatchObject({
    organization: { id: slipway.tenant.organizationId, slug: 'acme' },
    projects: [{ id: slipway.tenant.web.id, slug: 'web' }],
    data: { release: { version: 'told@1.0.0', ref: 'main', url: null, dateReleased: null } },
  });
  expect(told('release.finalized').body.data.release).toEqual({
    version: 'told@1.0.0',
    dateReleased: '2026-02-03T10:00:00.000000Z',
  });
  expect(told('deploy.created').body.data).toEqual({
    release: { version: 'told@1.0.0' },
    deploy: {
      id: deployed.body.id,
      environment: 'production',
      name: 'blue',
      url: null,
      dateStarted: null,
      dateFinished: deployed.body.dateFinished,
    },
  });
  for (const request of receiver.received) {
    expect(request).toMatchObject({ method: 'POST', path: '/hook?key=1' });
    expect(request.headers['x-slipway-event']).toBe(request.body.event);
    expect(request.headers['x-slipway-signature']).toBe(signatureOf(request, 'top secret'));
    const age = Date.now() / 1_000 - Number(request.headers['x-slipway-timestamp']);
    expect(Math.abs(age)).toBeLessThan(60);
  }
  expect(receiver.received.map(({ headers }) => headers['x-slipway-delivery']).toSorted()).toEqual(
    deliveries.map(({ id }) => id).toSorted(),
  );
});

test('a project that is gone for good is told under the slug that people knew', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['project.deleted']);
  const made = await slipway.call('POST', '/api/0/teams/acme/crew/projects/', {
    body: { name: 'Gone', slug: 'gone' },
  });
  await slipway.call('DELETE', '/api/0/projects/acme/gone/');
  const [delivery] = await outbound.finished(webhook);
  expect(delivery).toMatchObject({ type: 'project.deleted', state: 'delivered' });
  expect(receiver.received.map(({ body }) => [body.projects, body.data])).toEqual([
    [[], { project: { id: made.body.id, slug: 'gone', name: 'Gone' } }],
  ]);
});

test('repeats, and changes that nobody subscribes to, write no events', async () => {
  await create('unheard');
  await outbound.subscribe(receiver.url, ['deploy.created']);
  await create('heard');
  await slipway.call('PUT', releasePath('heard'), { body: { dateReleased: '2026-02-03T10:00Z' } });
  expect(await outboxSize()).toBe(0);
  await slipway.pool.query("update webhook set events = '{release.created,release.finalized}'");
  await create('heard');
  await slipway.call('PUT', releasePath('heard'), { body: { dateReleased: '2026-02-04T10:00Z' } });
  expect(await outboxSize()).toBe(0);
  await slipway.pool.query('update webhook set is_active = false');
  await create('disabled');
  expect(await outboxSize()).toBe(0);
});

test('a release that is created with its date is told twice: created and finalized', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created', 'release.finalized']);
  await create('born-released', { dateReleased: '2026-02-03T10:00:00Z' });
  const deliveries = await outbound.finished(webhook, 2);
  expect(deliveries.map(({ type }) => type).toSorted()).toEqual([
    'release.created',
    'release.finalized',
  ]);
});

test('a receiver that fails twice gets the same delivery again, with the same body', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  receiver.script = [{ status: 500, body: 'x'.repeat(5_000) }, { status: 429 }];
  await create('flaky');
  expect(await outbound.finished(webhook)).toMatchObject([
    { state: 'delivered', attempts: 3, last_status: 204, last_error: null },
  ]);
  expect(receiver.received).toHaveLength(3);
  expect(new Set(receiver.received.map(({ raw }) => raw)).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers['x-slipway-delivery'])).size).toBe(
    1,
  );
});

test.each([
  ['gone: the webhook is disabled', { status: 410 }, 410, false],
  ['a redirect is not followed', { status: 302, headers: { location: '/other' } }, 302, true],
])('%s', async (_, reply, status, isActive) => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  receiver.script = [reply, { status: 410 }];
  await create(`answered-${status}`);
  await outbound.finished(webhook);
  const { rows } = await slipway.pool.query('select is_active from webhook');
  expect(rows).toEqual([{ is_active: false }]);
  expect(receiver.received.map(({ path }) => path)).toEqual(isActive ? ['/', '/'] : ['/']);
});

test('Retry-After is the next pause, an answer is kept up to a kilobyte, and `retryNow` ends the pause', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  const body = `\u0000${'é'.repeat(3_000)}`;
  receiver.script = [{ status: 503, headers: { 'Retry-After': '50' }, body }];
  await create('busy');
  const waiting = await eventually(async () => {
    const [delivery] = await outbound.deliveries(webhook);
    return delivery?.attempts === 1 ? delivery : undefined;
  });
  expect(waiting).toMatchObject({ state: 'pending', last_status: 503 });
  expect(waiting.last_response).toBe('é'.repeat(1_024));
  const { rows } = await slipway.pool.query(
    'select extract(epoch from next_try - now()) as seconds from delivery',
  );
  expect(Number(rows[0].seconds)).toBeGreaterThan(40);
  await slipway.temporal.client.workflow.getHandle(waiting.workflow_id).signal(retryNowSignal);
  expect(await outbound.finished(webhook)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
});

test('the Web UI says what is delivered to whom, why it waits and how it ended', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  receiver.script = [{ status: 503, headers: { 'Retry-After': '50' } }, { status: 410 }];
  await create('watched');
  const { workflow_id: id } = await eventually(async () => {
    const [delivery] = await outbound.deliveries(webhook);
    return delivery?.attempts === 1 ? delivery : undefined;
  });
  const workflow = slipway.temporal.client.workflow.getHandle(id);
  const description = await workflow.describe();
  expect(description.type).toBe('deliver');
  expect(await description.staticSummary()).toBe(
    `acme: release.created to ${new URL(receiver.url).host}`,
  );
  const details = async (): Promise<string> =>
    (await workflow.query<{ currentDetails: string }>('__temporal_workflow_metadata'))
      .currentDetails;
  expect(
    await eventually(async () => ((await details()).includes('Pausing') ? details() : undefined)),
  ).toBe('The target answered 503.\n\nPausing for 50 s. The signal `retryNow` ends the pause.');
  await workflow.signal(retryNowSignal);
  expect(await workflow.result()).toEqual({ state: 'failed' });
  expect(await details()).toBe('Not delivered: The target answered 410.');
});

test('a pause that would end after the deadline ends the delivery, with its reason', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  receiver.script = [{ status: 500, headers: { 'Retry-After': '3600' } }];
  await create('late');
  expect(await outbound.finished(webhook)).toMatchObject([
    { state: 'failed', attempts: 1, last_error: 'Given up. The target answered 500.' },
  ]);
});

test('a private target is refused where the operator has not allowed it', async () => {
  await outbound.stop();
  await outbound.start(false);
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  await create('private');
  expect(await outbound.finished(webhook)).toMatchObject([
    { state: 'failed', last_error: 'Not sent: 127.0.0.1 is not a public address.' },
  ]);
  expect(receiver.received).toEqual([]);
  await outbound.stop();
  await outbound.start();
});

test('a worker that is gone in between leaves the delivery to the next one', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  receiver.script = [{ status: 503, headers: { 'Retry-After': '1' } }];
  await create('outlived');
  await receiver.heard(1);
  await outbound.stop();
  expect(await outbound.deliveries(webhook)).toMatchObject([{ state: 'pending' }]);
  await outbound.start();
  expect(await outbound.finished(webhook)).toMatchObject([{ state: 'delivered' }]);
});

test('events that were left behind are relayed by the reconciler, however often, and told once', async () => {
  const webhook = await outbound.subscribe(receiver.url, ['release.created']);
  await create('left-behind');
  const [delivery] = await outbound.finished(webhook);
  await slipway.temporal.client.workflow.getHandle(delivery!.workflow_id).result();
  // As if the worker had died between the commit and the relay.
  await slipway.pool.query(
    `with lost as (update outbox set relayed_at = null)
     update delivery set state = 'pending', next_try = now() - interval '31 seconds'`,
  );
  const activities = createActivities({
    pool: slipway.pool,
    client: slipway.temporal.client,
    logger: createLogger('test', 'silent'),
    instanceHost: 'slipway.test',
    deliveryTimes,
  });
  expect(await activities.relayOutbox()).toEqual({ relayed: 1 });
  expect(await activities.relayOutbox()).toEqual({ relayed: 0 });
  await outbound.finished(webhook);
  expect(receiver.received).toHaveLength(2);
});
