import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOrganization } from '../db/organizations.ts';
import { EventRelay } from '../db/outbox/eventRelay.ts';
import { listWaitingEvents } from '../db/outbox/relayEvents.ts';
import { createLogger } from '../infra/logger.ts';
import { cloneDatabase } from './support/database.ts';
import { testPool } from './support/pool.ts';

/** From stored events to started deliveries: what happens where some or all of them cannot be started. */
const database = cloneDatabase();
const db = testPool(database.url);
const EVENTS = 20;
let organizationId: string;

beforeAll(async () => {
  organizationId = (await createOrganization(db.pool, { slug: 'acme', name: 'Acme' }))!.id;
});

beforeEach(async () => {
  await db.pool.query('delete from outbox');
  await db.pool.query(
    `with hook as (
       insert into webhook (organization_id, url, events, secret_encrypted)
       values ($1, 'https://hooks.test', '{release.created}', '\\x00') returning id),
     event as (
       insert into outbox (id, organization_id, project_ids, type, payload, date_added)
       select gen_random_uuid(), $1, '{}', 'release.created', '{}', now() + make_interval(secs => n)
         from generate_series(1, $2) n
       returning id)
     insert into delivery (id, outbox_id, organization_id, webhook_id, workflow_id)
     select gen_random_uuid(), event.id, $1, hook.id, 'deliver:' || event.id from event, hook`,
    [organizationId, EVENTS],
  );
});

const waiting = () => listWaitingEvents(db.pool, organizationId, 100);

/** A relay whose nth starts fail, and the number of starts that it tried. */
function relayFailing(fails: (start: number) => boolean) {
  const tried = { starts: 0 };
  const relay = new EventRelay({
    pool: db.pool,
    logger: createLogger('test', 'silent'),
    startDelivery: () => {
      tried.starts += 1;
      return fails(tried.starts) ? Promise.reject(new Error('no')) : Promise.resolve();
    },
  });
  return { relay, tried };
}

describe.each([{ isPatient: true }, { isPatient: false }])('%j', (options) => {
  test('relays everything once', async () => {
    const { relay, tried } = relayFailing(() => false);
    expect(await relay.relay(await waiting(), options)).toBe(EVENTS);
    expect(await relay.relay(await waiting(), options)).toBe(0);
    expect(tried.starts).toBe(EVENTS);
  });

  test('one that cannot be started waits, and the others do not', async () => {
    const { relay } = relayFailing((start) => start === 3);
    const { deliveries } = await waiting();
    expect(await relay.relay(await waiting(), options)).toBe(EVENTS - 1);
    expect((await waiting()).eventIds).toEqual([deliveries[2]!.eventId]);
  });
});

test('where nothing can be started a request stops soon, and the reconciler tries all', async () => {
  const { relay, tried } = relayFailing(() => true);
  expect(await relay.relay(await waiting(), { isPatient: false })).toBe(0);
  expect(tried.starts).toBe(8);
  expect(await relay.relay(await waiting(), { isPatient: true })).toBe(0);
  expect(tried.starts).toBe(8 + EVENTS);
  expect((await waiting()).eventIds).toHaveLength(EVENTS);
});

test('many callers at the same moment share what is done for them', async () => {
  const { relay, tried } = relayFailing(() => false);
  for (let caller = 0; caller < 100; caller += 1) relay.relaySoon(organizationId);
  await expect.poll(async () => (await waiting()).eventIds).toEqual([]);
  expect(tried.starts).toBe(EVENTS);
});
