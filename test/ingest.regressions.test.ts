import { beforeAll, describe, expect, test } from 'vitest';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

/** An event of a resolved issue: when it brings the issue back, and what then is written (groups-projects-orgs 1.8). */
const slipway = useSlipway({ worker: false });
let web: IngestClient;

beforeAll(async () => {
  web = await IngestClient.create(slipway);
});

const rows = async (text: string, values: unknown[] = []): Promise<any[]> => {
  await slipway.context.ingest.counts.settle();
  return (await slipway.pool.query(text, values)).rows;
};

/** Seconds before now; far enough apart that five seconds mean nothing. */
const ago = (seconds: number): number => Date.now() / 1_000 - seconds;

let issues = 0;

/** An issue seen in these releases, a minute apart, the last one a quarter of an hour ago. */
async function issueSeenIn(releases: readonly string[]): Promise<{ id: string; type: string }> {
  const type = `Regressing${(issues += 1)}`;
  let eventId = '';
  for (const [index, release] of releases.entries()) {
    const timestamp = ago(900 + 60 * (releases.length - index));
    eventId = await web.send(exceptionEvent(type, { release, timestamp }));
  }
  const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
    eventId,
  ]);
  return { id, type };
}

const resolve = async (id: string, body: object): Promise<void> => {
  const answer = await slipway.call('PUT', `/api/0/organizations/acme/issues/${id}/`, {
    body: { status: 'resolved', ...body },
  });
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body.status).toBe('resolved');
};

const statusAfter = async (type: string, id: string, event: object): Promise<string> => {
  await web.send(exceptionEvent(type, event as Record<string, unknown>));
  const [group] = await rows('select status, substatus from group_ where id = $1', [id]);
  return group.substatus ?? group.status;
};

test('a regression is written down everywhere: status, timeline, history, inbox; the resolution goes', async () => {
  const { id, type } = await issueSeenIn(['by-date-1']);
  await resolve(id, { statusDetails: { inNextRelease: true } });
  expect(await rows('select type, status from group_resolution where group_id = $1', [id])).toEqual(
    [{ type: 'in_next_release', status: 'pending' }],
  );
  const timestamp = ago(10);
  const eventId = await web.send(exceptionEvent(type, { release: 'by-date-2', timestamp }));
  const [group] = await rows('select * from group_ where id = $1', [id]);
  expect(group).toMatchObject({ status: 'unresolved', substatus: 'regressed', times_seen: '2' });
  expect(new Date(group.active_at).getTime() / 1_000).toBeCloseTo(timestamp, 2);
  expect(await rows('select from group_resolution where group_id = $1', [id])).toEqual([]);
  expect(await rows('select reason from group_inbox where group_id = $1', [id])).toEqual([
    { reason: 'regression' },
  ]);
  expect(
    await rows('select type, data from activity where group_id = $1 order by id', [id]),
  ).toEqual([
    {
      type: 'set_resolved_in_release',
      data: { version: 'by-date-2', current_release_version: 'by-date-1' },
    },
    {
      type: 'set_regression',
      data: {
        event_id: eventId,
        version: 'by-date-2',
        follows_semver: false,
        resolved_in_version: 'by-date-2',
      },
    },
  ]);
  const history = await rows(
    `select history.status, version, prev.status as undoes
       from group_history history left join release on release.id = release_id
       left join group_history prev on prev.id = history.prev_history_id
      where history.group_id = $1 order by history.id`,
    [id],
  );
  expect(history).toEqual([
    { status: 'resolved_in_release', version: 'by-date-1', undoes: null },
    { status: 'regressed', version: 'by-date-2', undoes: 'resolved_in_release' },
  ]);
});

test('many events at once are one regression', async () => {
  const { id, type } = await issueSeenIn(['burst-1']);
  await resolve(id, {});
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => web.send(exceptionEvent(type, { timestamp: ago(i) }))),
  );
  const [{ count }] = await rows(
    "select count(*)::int from activity where group_id = $1 and type = 'set_regression'",
    [id],
  );
  expect(count).toBe(1);
  expect(await rows('select times_seen from group_ where id = $1', [id])).toEqual([
    { times_seen: '31' },
  ]);
});

describe('resolved just so', () => {
  test.each([
    ['from an older release', 'just-1'],
    ['without a release', undefined],
  ])('any event brings it back: %s', async (_, release) => {
    const { id, type } = await issueSeenIn(['just-1', 'just-2']);
    await resolve(id, {});
    expect(await statusAfter(type, id, { release, timestamp: ago(10) })).toBe('regressed');
  });

  test('but not within five seconds of the last time it became active', async () => {
    const type = 'TooSoon';
    const now = ago(100);
    const eventId = await web.send(exceptionEvent(type, { timestamp: now }));
    const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
      eventId,
    ]);
    await resolve(id, {});
    expect(await statusAfter(type, id, { timestamp: now + 4 })).toBe('resolved');
    expect(await statusAfter(type, id, { timestamp: now + 6 })).toBe('regressed');
  });

  test('an ignored issue stays ignored', async () => {
    const { id, type } = await issueSeenIn(['ignored-1']);
    await slipway.call('PUT', `/api/0/organizations/acme/issues/${id}/`, {
      body: { status: 'ignored' },
    });
    expect(await statusAfter(type, id, { timestamp: ago(10) })).toBe('until_escalating');
  });
});

describe('resolved in a release, by date', () => {
  const cases: [string, object, string | undefined, string][] = [
    ['in 2, event of 1', { inRelease: 'd@x-2' }, 'd@x-1', 'resolved'],
    ['in 2, event of 2', { inRelease: 'd@x-2' }, 'd@x-2', 'regressed'],
    ['in 2, event of 3', { inRelease: 'd@x-2' }, 'd@x-3', 'regressed'],
    ['in 2, event of none', { inRelease: 'd@x-2' }, undefined, 'resolved'],
    ['in the next, event of the one it was in', { inNextRelease: true }, 'd@x-2', 'resolved'],
    ['in the next, event of an older one', { inNextRelease: true }, 'd@x-1', 'resolved'],
    ['in the next, event of a newer one', { inNextRelease: true }, 'd@x-4', 'regressed'],
  ];
  test.each(cases)('%s', async (_, statusDetails, release, expected) => {
    await web.send(exceptionEvent('Dates', { release: 'd@x-1', timestamp: ago(3_000) }));
    const { id, type } = await issueSeenIn(['d@x-2']);
    await resolve(id, { statusDetails });
    if (release === 'd@x-3')
      await web.send(exceptionEvent('Dates', { release, timestamp: ago(20) }));
    expect(await statusAfter(type, id, { release, timestamp: ago(10) })).toBe(expected);
  });
});

describe('resolved in a release, by semantic version', () => {
  let api: IngestClient;
  beforeAll(async () => {
    api = await IngestClient.create(slipway, slipway.tenant.api);
    // Registered late, but lower: dates must not matter.
    for (const [index, release] of ['shop@2.0.0', 'shop@3.0.0', 'shop@1.0.0'].entries()) {
      await api.send(exceptionEvent('Semver', { release, timestamp: ago(3_000 - index) }));
    }
  });

  test.each<[string, object, string, string]>([
    ['in 2, event of 1', { inRelease: 'shop@2.0.0' }, 'shop@1.0.0', 'resolved'],
    ['in 2, event of 2', { inRelease: 'shop@2.0.0' }, 'shop@2.0.0', 'regressed'],
    ['in the next, event of the highest', { inNextRelease: true }, 'shop@3.0.0', 'resolved'],
    ['in the next, event of the lowest', { inNextRelease: true }, 'shop@1.0.0', 'resolved'],
    ['in the next, event of a higher one', { inNextRelease: true }, 'shop@3.0.1', 'regressed'],
  ])('%s', async (name, statusDetails, release, expected) => {
    const type = `Semver ${name}`;
    const eventId = await api.send(
      exceptionEvent(type, { release: 'shop@2.0.0', timestamp: ago(900) }),
    );
    const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
      eventId,
    ]);
    await resolve(id, { statusDetails });
    await api.send(exceptionEvent(type, { release, timestamp: ago(10) }));
    const [group] = await rows('select status, substatus from group_ where id = $1', [id]);
    expect(group.substatus ?? group.status).toBe(expected);
  });
});

test('a fix whose commit is in no release yet keeps the issue resolved; shipped, it does not', async () => {
  const { id, type } = await issueSeenIn(['pending-1']);
  const [commit] = await rows(
    `with repo as (insert into repository (organization_id, name) values ($1, 'acme/web') returning id, organization_id)
     insert into commit (organization_id, repository_id, key) select organization_id, id, $2 from repo returning id`,
    [slipway.tenant.organizationId, 'a'.repeat(40)],
  );
  await resolve(id, {
    statusDetails: { inCommit: { commit: 'a'.repeat(40), repository: 'acme/web' } },
  });
  expect(await statusAfter(type, id, { release: 'pending-1', timestamp: ago(60) })).toBe(
    'resolved',
  );
  await rows(
    "insert into release_commit (release_id, commit_id, position) select id, $1, 0 from release where version = 'pending-1'",
    [commit.id],
  );
  expect(await statusAfter(type, id, { release: 'pending-1', timestamp: ago(30) })).toBe(
    'regressed',
  );
});

test('a new release is the next one that pending resolutions wait for', async () => {
  const eventId = await web.send(
    exceptionEvent('Waits', { release: 'waits-1', timestamp: ago(8) }),
  );
  const [{ group_id: id }] = await rows('select group_id from event where event_id = $1', [
    eventId,
  ]);
  await resolve(id, { statusDetails: { inNextRelease: true } });
  await web.send(exceptionEvent('Else', { release: 'waits-2', timestamp: ago(5) }));
  expect(
    await rows(
      `select type, group_resolution.status, version from group_resolution
         join release on release.id = release_id where group_id = $1`,
      [id],
    ),
  ).toEqual([{ type: 'in_release', status: 'resolved', version: 'waits-2' }]);
  expect(await rows('select data from activity where group_id = $1', [id])).toEqual([
    { data: { version: 'waits-2', current_release_version: 'waits-1' } },
  ]);
});
