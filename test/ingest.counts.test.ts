// Counts of issues: behind their events for a moment, never wrong, whoever dies and however many count.
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { IssueCounts } from '../api/ingest/issueCounts.ts';
import { countPending } from '../db/events/countPending.ts';
import type { NewEvent } from '../db/events/newEvent.ts';
import { PlaceCache } from '../db/events/placeCache.ts';
import { storeEvents } from '../db/events/storeEvents.ts';
import { deleteRemovedGroups } from '../db/groups/deleteRemovedGroups.ts';
import { transaction, type Pool } from '../db/pool.ts';
import { normalizeEvent } from '../domain/ingest/normalizeEvent.ts';
import { createLogger } from '../infra/logger.ts';
import { IngestClient, exceptionEvent } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });
const silent = createLogger('test', 'silent');

let web: IngestClient;
let pool: Pool;

beforeAll(async () => {
  ({ pool } = slipway);
  web = await IngestClient.create(slipway);
});

const rows = async (text: string, values: unknown[] = []): Promise<any[]> =>
  (await pool.query(text, values)).rows;

function event(title: string, raw: object = {}): NewEvent {
  const eventId = randomUUID().replaceAll('-', '');
  return {
    publicKey: web.publicKey,
    organizationId: slipway.tenant.organizationId,
    projectId: slipway.tenant.web.id,
    hash: Buffer.from(title.padEnd(16).slice(0, 16)).toString('hex'),
    event: normalizeEvent({ message: title, ...raw }, eventId, new Date()),
  };
}

/** Open, and known to the cache: what comes next is only noted. */
async function knownIssue(title: string, raw: object = {}): Promise<PlaceCache> {
  const places = new PlaceCache();
  await storeEvents(pool, [event(title, raw)], places);
  await storeEvents(pool, [event(title, raw)], places);
  await countPending(pool);
  return places;
}

const timesSeen = async (title: string): Promise<number> =>
  (await rows('select times_seen::int as count from group_ where title = $1', [title]))[0].count;

const pending = async (): Promise<number> =>
  (await rows('select count(*)::int from pending_count'))[0].count;

test('what a killed process had stored and not counted, the next one counts, once', async () => {
  const places = await knownIssue('killed');
  await storeEvents(pool, [event('killed'), event('killed')], places);
  expect([await timesSeen('killed'), await pending()]).toEqual([2, 1]);
  const { text } = await slipway.call('GET', '/metrics', { token: null });
  expect(text).toContain('slipway_uncounted_events 2\n');
  const next = new IssueCounts(pool, silent);
  next.behind();
  await next.settle();
  expect([await timesSeen('killed'), await pending()]).toEqual([4, 0]);
  next.behind();
  await next.close();
  expect(await timesSeen('killed')).toBe(4);
});

test('issues are counted soon, whether or not anybody asks', async () => {
  const places = await knownIssue('unasked');
  const counts = new IssueCounts(pool, silent);
  await storeEvents(pool, [event('unasked')], places);
  counts.behind();
  await expect.poll(() => timesSeen('unasked')).toBe(3);
  await counts.close();
});

test('whoever reads an issue is shown every event that was answered before', async () => {
  const path = '/api/0/organizations/acme/issues/';
  for (let count = 1; count <= 5; count += 1) {
    await web.send(exceptionEvent('Shown', { user: { id: `${count}` } }));
    const { body } = await slipway.call('GET', `${path}?query=Shown`);
    expect(body).toMatchObject([{ count: `${count}`, userCount: count }]);
    expect((await slipway.call('GET', `${path}${body[0].id}/`)).body.count).toBe(`${count}`);
  }
});

test('twenty that store and count at once lose nothing and count nothing twice', async () => {
  const titles = ['busy a', 'busy b', 'busy c'];
  for (const title of titles) await knownIssue(title);
  await Promise.all(
    Array.from({ length: 20 }, async (_, caller) => {
      const places = new PlaceCache();
      for (let round = 0; round < 5; round += 1) {
        const user = { id: `${caller % 7}` };
        await storeEvents(
          pool,
          [...titles, ...titles].map((title) => event(title, { user })),
          places,
        );
        await countPending(pool);
      }
    }),
  );
  expect(
    await rows(
      `select title, times_seen::int, user_count::int,
              (select sum(count)::int from group_hour where group_id = group_.id) as hours
         from group_ where title = any($1) order by title`,
      [titles],
    ),
  ).toEqual(titles.map((title) => ({ title, times_seen: 202, user_count: 7, hours: 202 })));
  expect(await pending()).toBe(0);
});

const leaveBacklog = (title: string, notes: number): Promise<unknown> =>
  rows(
    `insert into pending_count (group_id, hour, events, people, first_seen, last_seen, level, culprit, title, message, metadata)
     select id, date_trunc('hour', now()), 1, 0, first_seen, last_seen, level, culprit, title, message, metadata
       from group_, generate_series(1, $2) where title = $1`,
    [title, notes],
  );

test('an issue that is made by an event has it counted, however much of others waits', async () => {
  await knownIssue('hot');
  await leaveBacklog('hot', 2_500);
  const environment = 'made';
  await storeEvents(pool, [event('hot', { environment }), event('made')], new PlaceCache());
  expect([await timesSeen('made'), await timesSeen('hot')]).toEqual([1, 2_503]);
});

test('whoever counts waits until everything is counted, however much it is and whoever else counts', async () => {
  await knownIssue('backlog');
  await leaveBacklog('backlog', 5_000);
  const seen = await Promise.all(
    Array.from({ length: 3 }, async () => {
      await countPending(pool);
      return [await timesSeen('backlog'), await pending()];
    }),
  );
  expect(seen).toEqual([
    [5_002, 0],
    [5_002, 0],
    [5_002, 0],
  ]);
});

test('a person counts with the first event that is stored of them, not with one that was there already', async () => {
  const now = Date.now() / 1_000;
  const sentBy = (id: string, age = 0) => ({ timestamp: now - age, user: { id } });
  const counts = async (): Promise<unknown> => {
    await countPending(pool);
    const [row] = await rows(
      `select user_count::int as counted, (select count(*)::int from group_user where group_id = group_.id) as known
         from group_ where title = 'people'`,
    );
    return row;
  };
  const places = await knownIssue('people', sentBy('ann'));
  const old = event('people', sentBy('bob', 7_200));
  await storeEvents(pool, [old], places);
  await storeEvents(pool, [old, event('people', sentBy('cid'))], places);
  expect(await counts(), 'beside one of another hour that is sent again').toEqual({
    counted: 3,
    known: 3,
  });
  const changed = event('people', sentBy('dan', 7_200));
  const again = { ...old, event: { ...changed.event, eventId: old.event.eventId } };
  await storeEvents(pool, [again], places);
  expect(await counts(), 'with an event that is stored as that of somebody else').toEqual({
    counted: 3,
    known: 3,
  });
  await storeEvents(pool, [changed], places);
  expect(await counts(), 'with an event of their own').toEqual({ counted: 4, known: 4 });
});

test('an issue shows the newest of its events, in whatever order they are counted', async () => {
  const now = Date.now() / 1_000;
  const at = (age: number, level: string) => ({ timestamp: now - age, level, release: 'order@1' });
  const places = await knownIssue('order', at(7_300, 'info'));
  await storeEvents(
    pool,
    [event('order', at(7_299, 'fatal')), event('order', at(9_000, 'debug'))],
    places,
  );
  await storeEvents(pool, [event('order', at(7_301, 'warning'))], places);
  await countPending(pool);
  const [group] = await rows(
    `select level, times_seen::int, extract(epoch from first_seen)::float8 as first_seen,
            extract(epoch from last_seen)::float8 as last_seen
       from group_ where title = 'order'`,
  );
  expect(group).toMatchObject({ level: 'fatal', times_seen: 5 });
  expect([now - group.first_seen, now - group.last_seen].map(Math.round)).toEqual([9_000, 7_299]);
});

test('events of an issue that is deleted before they are counted are passed over', async () => {
  const places = await knownIssue('deleted');
  await storeEvents(pool, [event('deleted')], places);
  await rows("delete from group_ where title = 'deleted'");
  await countPending(pool);
  expect(await pending()).toBe(0);
});

describe('an issue that is deleted while it gets an event', () => {
  /** Resolves when somebody waits for the row of an issue. */
  const blocked = () =>
    expect
      .poll(async () => {
        const [row] = await rows(
          `select count(*)::int from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return row.count;
      })
      .toBe(1);

  const eventsOf = async (groupId: string): Promise<number> =>
    (await rows('select count(*)::int from event where group_id = $1', [groupId]))[0].count;

  const idOf = async (title: string): Promise<string> =>
    (await rows('select id from group_ where title = $1', [title]))[0].id;

  test('takes the event with it', async () => {
    const places = await knownIssue('first stored');
    const id = await idOf('first stored');
    const client = await pool.connect();
    await client.query('begin');
    await storeEvents(client as unknown as Pool, [event('first stored')], places);
    const deletion = rows('delete from group_ where id = $1', [id]);
    await blocked();
    await client.query('commit');
    client.release();
    await deletion;
    expect(await eventsOf(id)).toBe(0);
  });

  test('is not waited for while others are held', async () => {
    const [held, free] = ['held', 'free'];
    for (const title of [free, held]) await knownIssue(title);
    await rows(
      "update group_ set status = 'pending_deletion', substatus = null where title = any($1)",
      [[held, free]],
    );
    const remove = async (): Promise<unknown[]> => {
      for (;;) {
        const { cursor } = await transaction(pool, (tx) => deleteRemovedGroups(tx));
        if (cursor === null) break;
      }
      return rows('select title from group_ where title = any($1)', [[held, free]]);
    };
    const client = await pool.connect();
    await client.query('begin');
    await client.query('select from group_ where title = $1 for no key update', [held]);
    expect(await remove()).toEqual([{ title: held }]);
    await client.query('commit');
    client.release();
    expect(await remove()).toEqual([]);
  });

  test('is made again for it', async () => {
    const places = await knownIssue('first deleted');
    const id = await idOf('first deleted');
    const client = await pool.connect();
    await client.query('begin');
    await client.query('delete from group_ where id = $1', [id]);
    const storing = storeEvents(pool, [event('first deleted')], places);
    await blocked();
    await client.query('commit');
    client.release();
    await storing;
    expect(await eventsOf(id)).toBe(0);
    const again = await idOf('first deleted');
    expect([await eventsOf(again), await timesSeen('first deleted')]).toEqual([1, 1]);
  });
});

test('a database that cannot be used delays counting and fails nobody who reads', async () => {
  const places = await knownIssue('outage');
  await storeEvents(pool, [event('outage')], places);
  let isDown = true;
  const flaky = {
    query: (statement: never) =>
      isDown ? Promise.reject(new Error('terminating connection')) : pool.query(statement),
  };
  const counts = new IssueCounts(flaky as unknown as Pool, silent);
  counts.behind();
  await expect(counts.settle()).resolves.toBeUndefined();
  expect(await timesSeen('outage')).toBe(2);
  isDown = false;
  await counts.settle();
  expect(await timesSeen('outage')).toBe(3);
  await counts.close();
});
