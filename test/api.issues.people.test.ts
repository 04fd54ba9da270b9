import { beforeAll, describe, expect, test } from 'vitest';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway, type ApiAnswer, type CallOptions } from './support/slipway.ts';

/**
 * People and their issues (groups-projects-orgs 1.11):
 *   1. what an issue is to whoever asks: seen, bookmarked, followed, in lists and in details
 *   2. sharing: every call makes the old id worthless
 *   3. how many people have an issue, however often and in whatever order their events come
 *   4. the tags of an issue, and how many issues a list has
 */
const slipway = useSlipway({ worker: false });
const ORG = '/api/0/organizations/acme';
let web: IngestClient;
let mate: { id: string; token: string };
let outsider: { id: string; token: string };
let count = 0;

const rows = async (text: string, values: unknown[] = []): Promise<any[]> => {
  await slipway.context.ingest.counts.settle();
  return (await slipway.pool.query(text, values)).rows;
};

async function issue(event: object = {}): Promise<string> {
  const eventId = await web.send(
    exceptionEvent(`Personal${(count += 1)}`, event as Record<string, unknown>),
  );
  return (await rows('select group_id from event where event_id = $1', [eventId]))[0].group_id;
}

const update = (id: string, body: unknown, options: CallOptions = {}): Promise<ApiAnswer> =>
  slipway.call('PUT', `${ORG}/issues/${id}/`, { body, ...options });
const details = async (id: string, token?: string): Promise<any> =>
  (await slipway.call('GET', `${ORG}/issues/${id}/`, token === undefined ? {} : { token })).body;
const listed = async (id: string, token?: string): Promise<any> =>
  (await slipway.call('GET', `${ORG}/issues/?group=${id}`, token === undefined ? {} : { token }))
    .body[0];
const activityTypes = async (id: string): Promise<string[]> =>
  (await rows('select type from activity where group_id = $1 order by id', [id])).map(
    (row) => row.type,
  );

beforeAll(async () => {
  web = await IngestClient.create(slipway);
  const { tenant } = slipway;
  const person = async (teams: string[]) => {
    const id = await tenant.addMember('member', teams);
    return { id, token: await tenant.userToken(['event:read', 'event:write', 'org:read'], id) };
  };
  mate = await person([tenant.teamId]);
  outsider = await person([]);
});

describe('what an issue is to whoever asks', () => {
  test('seen by some and not by others, the last one first', async () => {
    const id = await issue();
    expect(await listed(id)).toMatchObject({ hasSeen: false });
    expect((await update(id, { hasSeen: true })).body).toMatchObject({ hasSeen: true });
    await update(id, { hasSeen: 'true' }, { token: mate.token });
    await update(id, { hasSeen: true });
    expect(await listed(id)).toMatchObject({ hasSeen: true });
    expect((await details(id)).seenBy).toMatchObject([
      { id: slipway.tenant.ownerId, lastSeen: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/) },
      { id: mate.id },
    ]);
    expect((await update(id, { hasSeen: false })).body).toMatchObject({
      hasSeen: false,
      seenBy: [{ id: mate.id }],
    });
    expect(await details(id, mate.token)).toMatchObject({ hasSeen: true });
  });

  test('only people of a team of the project count as having seen it', async () => {
    const id = await issue();
    expect((await update(id, { hasSeen: true }, { token: outsider.token })).status).toBe(200);
    expect(await details(id)).toMatchObject({ seenBy: [] });
  });

  test('a bookmark follows, and taking it away ends both; for that person only', async () => {
    const id = await issue();
    await update(id, { isBookmarked: true }, { token: mate.token });
    expect((await update(id, { isBookmarked: true })).body).toMatchObject({
      isBookmarked: true,
      isSubscribed: true,
      subscriptionDetails: { reason: 'bookmark' },
    });
    await update(id, { isBookmarked: false });
    expect(await listed(id)).toMatchObject({
      isBookmarked: false,
      isSubscribed: false,
      subscriptionDetails: null,
    });
    expect(await listed(id, mate.token)).toMatchObject({ isBookmarked: true, isSubscribed: true });
    expect(await rows('select user_id from group_subscription where group_id = $1', [id])).toEqual([
      { user_id: mate.id },
    ]);
  });

  test('a bookmark does not bring back those who do not want to hear of it', async () => {
    const id = await issue();
    await update(id, { isSubscribed: false });
    await update(id, { isBookmarked: true });
    expect(await listed(id)).toMatchObject({ isBookmarked: true, isSubscribed: false });
  });

  test('followed, as lists show it too', async () => {
    const id = await issue();
    await update(id, { isSubscribed: true });
    expect(await listed(id)).toMatchObject({
      isSubscribed: true,
      subscriptionDetails: { reason: 'unknown' },
    });
    expect(await listed(id, mate.token)).toMatchObject({ isSubscribed: false });
  });

  test('a token without a person changes and sees nothing of it', async () => {
    const token = slipway.tenant.organizationToken;
    await rows("update org_auth_token set scopes = '{event:read,event:write}'");
    const id = await issue();
    const body = { hasSeen: true, isBookmarked: true, isSubscribed: true };
    const answer = await update(id, body, { token });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ hasSeen: false, isBookmarked: false, isSubscribed: false });
  });

  test('several at once, and the answer says what was asked', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => issue()));
    const query = ids.map((id) => `id=${id}`).join('&');
    const answer = await slipway.call('PUT', `${ORG}/issues/?${query}`, {
      body: { hasSeen: true, isBookmarked: true, isPublic: false },
    });
    expect(answer.body).toEqual({
      hasSeen: true,
      isBookmarked: true,
      isPublic: false,
      shareId: null,
    });
    for (const id of ids) {
      expect(await listed(id)).toMatchObject({ hasSeen: true, isBookmarked: true });
    }
  });

  test.each(['hasSeen', 'isBookmarked', 'isPublic'])('%s is a boolean', async (field) => {
    const answer = await update(await issue(), { [field]: 'perhaps' });
    expect(answer).toMatchObject({ status: 400, body: { [field]: ['Must be a valid boolean.'] } });
  });
});

test('sharing again makes the old id worthless; ending it is told once', async () => {
  const id = await issue();
  expect(await listed(id)).toMatchObject({ isPublic: false, shareId: null });
  const first = (await update(id, { isPublic: true })).body;
  expect(first).toMatchObject({ isPublic: true, shareId: expect.stringMatching(/^[\da-f]{32}$/) });
  const second = (await update(id, { isPublic: true })).body;
  expect(second.shareId).not.toBe(first.shareId);
  expect((await update(id, { isPublic: false })).body).toMatchObject({
    isPublic: false,
    shareId: null,
  });
  await update(id, { isPublic: false });
  expect(await activityTypes(id)).toEqual([
    'set_public',
    'set_private',
    'set_public',
    'set_private',
  ]);
});

describe('how many people have an issue', () => {
  test.each<[string, unknown[], number]>([
    ['each once', [{ id: 1 }, { id: '1' }, { id: 2 }, { id: 1, email: 'other@acme.test' }], 2],
    [
      'the first of id, e-mail, name and address',
      [{ email: 'a@b.c' }, { username: 'a' }, { ip_address: '::1' }],
      3,
    ],
    ['nobody', [null, 7, [], {}, { id: '' }, { ip_address: '{{auto}}' }, { id: {} }], 0],
  ])('%s', async (_, users, expected) => {
    const type = `Counted${(count += 1)}`;
    for (const user of users) await web.send(exceptionEvent(type, { user }));
    const [group] = await rows('select id from group_ where title like $1', [`${type}:%`]);
    expect(await listed(group.id)).toMatchObject({ userCount: expected });
    expect(await details(group.id)).toMatchObject({ userCount: expected });
  });

  test('many at the same time, many times over', async () => {
    const type = `Crowd${(count += 1)}`;
    await web.send(exceptionEvent(type));
    await Promise.all(
      Array.from({ length: 120 }, (_, i) =>
        web.send(exceptionEvent(type, { user: { id: i % 40 } })),
      ),
    );
    const [group] = await rows(
      `select user_count::int, times_seen::int,
              (select count(*)::int from group_user where group_id = group_.id) as remembered
         from group_ where title like $1`,
      [`${type}:%`],
    );
    expect(group).toEqual({ user_count: 40, times_seen: 121, remembered: 40 });
  });
});

test('the tags of an issue, the frequent values first; of one environment when asked', async () => {
  const type = `Tagged${(count += 1)}`;
  const send = (environment: string, tags: unknown) =>
    web.send(exceptionEvent(type, { environment, tags, server_name: 'one' }));
  await send('production', { browser: 'Firefox' });
  await send('production', [['browser', 'Chrome']]);
  await send('production', { browser: 'Chrome', odd: { not: 'a tag' } });
  const last = await send('staging', 'no tags');
  const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [last]);
  const { tags } = await details(id);
  expect(tags.map(({ key }: any) => key)).toEqual([
    'browser',
    'environment',
    'level',
    'server_name',
  ]);
  expect(tags[0]).toEqual({
    key: 'browser',
    name: 'Browser',
    totalValues: 3,
    uniqueValues: 2,
    topValues: [
      { value: 'Chrome', name: 'Chrome', count: 2 },
      { value: 'Firefox', name: 'Firefox', count: 1 },
    ],
  });
  expect(tags[3]).toMatchObject({ name: 'Server Name', totalValues: 4 });
  const staging = await slipway.call('GET', `${ORG}/issues/${id}/?environment=staging`);
  expect(staging.body.tags.map(({ key }: any) => key)).toEqual([
    'environment',
    'level',
    'server_name',
  ]);
});

test('a list says how many issues it has on all its pages', async () => {
  await issue({ tags: {}, message: 'hits' });
  const all = await slipway.call('GET', `${ORG}/issues/?query=Personal&per_page=1`);
  expect(all.body).toHaveLength(1);
  const [{ n }] = await rows("select count(*)::text as n from group_ where title like 'Personal%'");
  expect(all.headers.get('x-hits')).toBe(n);
  expect(all.headers.get('x-max-hits')).toBe('1000');
  expect(all.headers.get('link')).toContain('rel="next"; results="true"');
});
