import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { webhookEvents } from '../domain/outboxEvents.ts';
import { eventually } from './support/actor.ts';
import { useOutbound } from './support/outbound.ts';
import { signatureOf, useReceiver } from './support/receiver.ts';
import { releasesPath } from './support/releaseRequests.ts';
import { TEST_SECRET, useSlipway, type ApiAnswer } from './support/slipway.ts';
import { createTenant, type Tenant } from './support/tenant.ts';

/** Subscribers of an organization, what they were told, and telling them again (decisions 20). */
const path = '/api/slipway/v1/webhooks';
const slipway = useSlipway({
  environment: { SLIPWAY_ALLOW_PRIVATE_URLS: '1', SLIPWAY_SECRET: TEST_SECRET },
});
const receiver = useReceiver();
const outbound = useOutbound(slipway);
let other: Tenant;

beforeAll(async () => {
  await outbound.start();
  other = await createTenant(slipway.pool, 'other');
});

beforeEach(async () => {
  await slipway.pool.query('delete from webhook');
});

const create = (body: object = {}, options: object = {}): Promise<ApiAnswer> =>
  slipway.call('POST', path, {
    body: { organization: 'acme', url: receiver.url, events: ['release.created'], ...body },
    ...options,
  });

const release = (version: string): Promise<ApiAnswer> =>
  slipway.call('POST', releasesPath, { body: { version, projects: ['web'] } });

describe('a webhook', () => {
  test('is answered with a secret of ours once, and never again', async () => {
    const created = await create();
    expect(created.status, created.text).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      organization: 'acme',
      url: receiver.url,
      events: ['release.created'],
      isActive: true,
      dateCreated: expect.any(String),
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { secret, ...shown } = created.body;
    expect((await slipway.call('GET', `${path}/${shown.id}`)).body).toEqual(shown);
    expect((await slipway.call('GET', `${path}?organization=acme`)).body).toEqual([shown]);
    await release('signed');
    const [request] = await receiver.heard(1);
    expect(request!.headers['x-slipway-signature']).toBe(signatureOf(request!, secret));
    const { rows } = await slipway.pool.query('select secret_encrypted from webhook');
    expect(rows[0].secret_encrypted.toString('latin1')).not.toContain(secret);
  });

  test('changes field by field; a new secret is shown once', async () => {
    const { body } = await create({ secret: 'chosen by ourselves' });
    expect(body.secret).toBe('chosen by ourselves');
    const update = (changes: object): Promise<ApiAnswer> =>
      slipway.call('PUT', `${path}/${body.id}`, { body: changes });
    expect((await update({ events: ['deploy.created'] })).body).toMatchObject({
      url: receiver.url,
      events: ['deploy.created'],
      isActive: true,
    });
    expect((await update({ isActive: false })).body).toMatchObject({ isActive: false });
    expect((await update({ isActive: false })).body.secret).toBeUndefined();
    const rotated = await update({ secret: 'another one of ours', isActive: true });
    expect(rotated.body).toMatchObject({ secret: 'another one of ours', isActive: true });
  });

  test('is gone after its deletion', async () => {
    const { body } = await create();
    expect((await slipway.call('DELETE', `${path}/${body.id}`)).status).toBe(204);
    expect((await slipway.call('DELETE', `${path}/${body.id}`)).status).toBe(404);
  });

  test('leaves its life in the audit log: who, when, and neither secret nor path', async () => {
    await slipway.pool.query('delete from audit_log');
    const { body } = await create({ url: `${receiver.url}/private-path` });
    const target = `${path}/${body.id}`;
    await slipway.call('PUT', target, { body: { secret: 'another one of ours' } });
    await slipway.call('PUT', target, { body: { isActive: false } });
    await slipway.call('PUT', target, { body: { url: 'nowhere' } });
    await slipway.call('DELETE', target);
    await slipway.call('DELETE', target);
    const answer = await slipway.call('GET', '/api/0/organizations/acme/audit-logs/');
    const { host } = new URL(receiver.url);
    const data = { id: Number(body.id), host, events: ['release.created'], is_active: true };
    const by = { actor: { id: slipway.tenant.ownerId }, targetObject: Number(body.id) };
    expect(answer.body.rows).toMatchObject([
      { ...by, event: 'servicehook.remove', data: { is_active: false } },
      { ...by, event: 'servicehook.edit', data: { ...data, is_active: false } },
      { ...by, event: 'servicehook.edit', data: { ...data, secret_rotated: true } },
      { ...by, event: 'servicehook.create', data, note: `added a webhook of ${host}` },
    ]);
    expect(answer.text).not.toMatch(/another one of ours|private-path/);
  });

  test.each([
    ['no events', { events: [] }, { events: ['This list may not be empty.'] }],
    [
      'an unknown event',
      { events: ['release.created', 'release.sung'] },
      { events: [`Unknown event release.sung. Use some of ${webhookEvents.join(', ')}.`] },
    ],
    ['a short secret', { secret: 'short' }, { secret: [expect.stringContaining('at least 16')] }],
    ['another scheme', { url: 'ftp://acme.test' }, { url: [expect.stringContaining('scheme')] }],
    ['no URL', { url: 'nowhere' }, { url: [expect.any(String)] }],
    ['a metadata service', { url: 'http://169.254.169.254/' }, { url: [expect.any(String)] }],
    [
      'credentials in the URL',
      { url: 'http://a:b@127.0.0.1/' },
      { url: [expect.stringContaining('Credentials')] },
    ],
    ['no organization', { organization: undefined }, { organization: ['This field is required.'] }],
  ])('is refused with %s', async (_, body, errors) => {
    expect(await create(body)).toMatchObject({ status: 400, body: errors });
  });

  test('no organization has more than fifty', async () => {
    await slipway.pool.query(
      `insert into webhook (organization_id, url, events, secret_encrypted)
       select $1, 'http://acme.test', '{release.created}', '\\x00' from generate_series(1, 50)`,
      [slipway.tenant.organizationId],
    );
    expect((await create()).body).toEqual({
      organization: ['An organization has at most 50 webhooks.'],
    });
    const page = await slipway.call('GET', `${path}?organization=acme&per_page=20`);
    expect(page.body).toHaveLength(20);
    expect(page.headers.get('link')).toContain('cursor="20:1:0"');
  });

  test('belongs to its organization: others do not find it, its deliveries or their redelivery', async () => {
    const { body } = await create();
    await release('private-matter');
    const [delivery] = await outbound.finished(body.id);
    for (const [method, target] of [
      ['GET', `${path}/${body.id}`],
      ['PUT', `${path}/${body.id}`],
      ['DELETE', `${path}/${body.id}`],
      ['GET', `${path}/${body.id}/deliveries`],
      ['POST', `/api/slipway/v1/deliveries/${delivery!.id}/redeliver`],
    ] as const) {
      const answer = await slipway.call(method, target, { token: other.ownerToken });
      expect(answer.status, `${method} ${target}`).toBe(404);
    }
    expect((await create({}, { token: other.ownerToken })).status).toBe(404);
    const listed = await slipway.call('GET', `${path}?organization=acme`, {
      token: other.ownerToken,
    });
    expect(listed.status).toBe(404);
  });
});

describe('deliveries', () => {
  const deliver = (id: string): Promise<ApiAnswer> =>
    slipway.call('POST', `/api/slipway/v1/deliveries/${id}/redeliver`);

  test('are listed, the newest first, with how the receiver answered', async () => {
    const { body } = await create();
    receiver.script = [{ status: 410, body: 'moved out' }];
    await release('refused');
    await outbound.finished(body.id);
    const page = await slipway.call('GET', `${path}/${body.id}/deliveries?per_page=1`);
    expect(page.body).toEqual([
      {
        id: expect.any(String),
        webhook: body.id,
        externalIssue: null,
        event: { id: expect.any(String), type: 'release.created' },
        state: 'failed',
        attempts: 1,
        lastStatus: 410,
        lastResponse: 'moved out',
        lastError: 'The target answered 410.',
        nextTry: null,
        workflow: { id: expect.stringContaining('deliver:') },
        dateCreated: expect.any(String),
        dateFinished: expect.any(String),
      },
    ]);
    const all = await slipway.call('GET', '/api/slipway/v1/deliveries?organization=acme');
    expect(all.body[0]).toEqual(page.body[0]);
    expect((await slipway.call('GET', `${path}/${body.id}`)).body.isActive).toBe(false);
  });

  test('are made again on request, under the same id', async () => {
    const { body } = await create();
    await release('again');
    const [delivery] = await outbound.finished(body.id);
    const answer = await deliver(delivery!.id);
    expect(answer).toMatchObject({ status: 202, body: { id: delivery!.id, state: 'pending' } });
    const [first, second] = await receiver.heard(2);
    expect(second!.raw).toBe(first!.raw);
    expect(second!.headers['x-slipway-delivery']).toBe(first!.headers['x-slipway-delivery']);
    expect(await outbound.finished(body.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  test('that wait for their next attempt are made at once', async () => {
    const { body } = await create();
    receiver.script = [{ status: 503, headers: { 'Retry-After': '3600' } }];
    await release('impatient');
    const delivery = await eventually(async () =>
      (await outbound.deliveries(body.id)).find(({ attempts }) => attempts === 1),
    );
    await deliver(delivery.id);
    expect(await outbound.finished(body.id)).toMatchObject([{ state: 'delivered', attempts: 2 }]);
  });

  test.each(['no-uuid', '00000000-0000-7000-8000-000000000000'])('%s is a 404', async (id) => {
    expect((await deliver(id)).status).toBe(404);
  });
});
