import { describe, expect, test, beforeAll } from 'vitest';
import { envelope, exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

/**
 * What becomes of events: groups, short ids, counters, releases and environments. Duplicates count once, parallel
 * senders lose nothing, nothing that a client can send is a 500.
 */
const slipway = useSlipway({ worker: false });
let web: IngestClient;

beforeAll(async () => {
  web = await IngestClient.create(slipway);
});

const rows = async (text: string, values: unknown[] = []): Promise<any[]> => {
  await slipway.context.ingest.counts.settle();
  return (await slipway.pool.query(text, values)).rows;
};

const groupOf = async (eventId: string): Promise<any> =>
  (
    await rows(
      `select group_.*, release.version as first_release, event.data, event.timestamp, environment.name as environment
         from event join group_ on group_.id = event.group_id
         left join release on release.id = group_.first_release_id
         left join environment on environment.id = event.environment_id
        where event_id = $1`,
      [eventId],
    )
  )[0];

describe('a new issue', () => {
  test('has title, culprit, level, platform, release and environment of its event, and lies in the inbox', async () => {
    const id = await web.send(
      exceptionEvent('PaymentError', {
        release: 'shop@1.0.0',
        environment: 'production',
        level: 'fatal',
        timestamp: Date.now() / 1000 - 60,
      }),
    );
    const group = await groupOf(id);
    expect(group).toMatchObject({
      status: 'unresolved',
      substatus: 'new',
      title: 'PaymentError: PaymentError happened',
      culprit: 'app/checkout.ts in pay',
      level: 'fatal',
      priority: 'high',
      platform: 'node',
      times_seen: '1',
      first_release: 'shop@1.0.0',
      environment: 'production',
      metadata: { type: 'PaymentError', filename: 'app/checkout.ts', function: 'pay' },
    });
    expect(await rows('select reason from group_inbox where group_id = $1', [group.id])).toEqual([
      { reason: 'new' },
    ]);
    expect(
      await rows(
        `select release_project.new_groups, link.new_issues_count, project.has_releases, project.first_event is not null as has_events,
                release.package, release.major, release.date_added = $1 as is_dated_by_event
           from release join release_project on release_project.release_id = release.id
           join project on project.id = release_project.project_id
           join release_project_environment link on link.release_id = release.id
           join release_environment on release_environment.release_id = release.id
           join environment on environment.id = link.environment_id
           join environment_project on environment_project.environment_id = environment.id
          where version = 'shop@1.0.0' and environment.name = 'production'`,
        [group.timestamp],
      ),
    ).toEqual([
      {
        new_groups: 1,
        new_issues_count: 1,
        has_releases: true,
        has_events: true,
        package: 'shop',
        major: '1',
        is_dated_by_event: true,
      },
    ]);
  });

  test('short ids of a project count up from one without gaps, several in one batch too', async () => {
    const api = await IngestClient.create(slipway, slipway.tenant.api);
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => api.send(exceptionEvent(`Parallel${i % 20}`))),
    );
    const ids = await rows(
      'select short_id::int, times_seen::int from group_ where project_id = $1 order by short_id',
      [api.project.id],
    );
    expect(ids.map((row) => row.short_id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(ids.every((row) => row.times_seen === 2)).toBe(true);
  });

  test('a counter that lags behind is repaired', async () => {
    await web.send(exceptionEvent('BeforeRepair'));
    await slipway.pool.query('update group_counter set last_short_id = 0');
    const id = await web.send(exceptionEvent('AfterRepair'));
    const [{ max }] = await rows('select max(short_id) from group_ where project_id = $1', [
      web.project.id,
    ]);
    expect((await groupOf(id)).short_id).toBe(max);
  });
});

describe('a known issue', () => {
  test('a hundred events in parallel are one issue, counted exactly', async () => {
    const times = Array.from({ length: 100 }, (_, i) => Date.now() / 1000 - 1000 + i);
    const ids = await Promise.all(
      times.map((timestamp) =>
        web.send(exceptionEvent('HotError', { timestamp, release: 'hot@1.0.0' })),
      ),
    );
    const group = await groupOf(ids[0]!);
    expect(group).toMatchObject({ times_seen: '100' });
    expect(new Date(group.first_seen).getTime() / 1000).toBeCloseTo(times[0]!, 2);
    expect(new Date(group.last_seen).getTime() / 1000).toBeCloseTo(times[99]!, 2);
    expect(await rows('select count(*)::int from event where group_id = $1', [group.id])).toEqual([
      { count: 100 },
    ]);
  });

  test('is counted by the hour in which its events happened, whatever came twice or in between', async () => {
    const start = Math.floor(Date.now() / 3_600_000) * 3_600 - 7_200;
    const bodies = [0, 3_599.9, 3_600, 3_700, 3_800, 7_200].flatMap((offset, i) => {
      const id = String(i).padStart(32, 'c');
      const payload = exceptionEvent('HourlyError', { timestamp: start + offset });
      const raw = envelope({ event_id: id }, [{ header: { type: 'event' }, payload }]);
      return [raw, raw];
    });
    const answers = await Promise.all(bodies.map((raw) => web.post('envelope', { raw })));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const { id } = await groupOf('5'.padStart(32, 'c'));
    expect(
      await rows(
        `select extract(epoch from hour)::int - $2::int as hour, count from group_hour
          where group_id = $1 order by hour`,
        [id, start],
      ),
    ).toEqual([
      { hour: 0, count: 2 },
      { hour: 3_600, count: 3 },
      { hour: 7_200, count: 1 },
    ]);
  });

  test('an event that is sent twice, also at the same time, counts once', async () => {
    const body = envelope({ event_id: 'a'.repeat(32) }, [
      { header: { type: 'event' }, payload: exceptionEvent('Twice') },
    ]);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => web.post('envelope', { raw: body })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(5).fill(200));
    expect((await web.post('envelope', { raw: body })).body).toEqual({ id: 'a'.repeat(32) });
    expect(await groupOf('a'.repeat(32))).toMatchObject({ times_seen: '1' });
  });

  test('an event with a known id and another content makes no empty issue', async () => {
    const id = await web.send(exceptionEvent('Original'));
    const before = await rows('select count(*) from group_');
    const again = await web.post('envelope', {
      raw: envelope({ event_id: id }, [
        { header: { type: 'event' }, payload: exceptionEvent('Changed') },
      ]),
    });
    expect(again.status).toBe(200);
    expect(await rows('select count(*) from group_')).toEqual(before);
  });

  test('shows its newest event, and keeps its first release', async () => {
    const now = Date.now() / 1000;
    const id = await web.send(exceptionEvent('Drift', { timestamp: now - 50, release: 'drift@1' }));
    await web.send(
      exceptionEvent('Drift', { timestamp: now - 10, level: 'warning', release: 'drift@2' }),
    );
    await web.send(exceptionEvent('Drift', { timestamp: now - 90, level: 'info' }));
    expect(await groupOf(id)).toMatchObject({
      level: 'warning',
      first_release: 'drift@1',
      times_seen: '3',
      priority: 'high',
    });
    const releases = await rows(
      `select version from group_release join release on release.id = release_id
         join event on event.group_id = group_release.group_id where event_id = $1 order by version`,
      [id],
    );
    expect(releases).toEqual([{ version: 'drift@1' }, { version: 'drift@2' }]);
  });
});

describe('releases and environments of events', () => {
  test.each(['latest', '..', 'a/b', 'x'.repeat(201), '', ' ', 'a\nb', ['no'], { v: 1 }])(
    'the impossible release %j is dropped from its event',
    async (release) => {
      const id = await web.send(exceptionEvent('Releaseless', { release }));
      expect(await rows('select release_id from event where event_id = $1', [id])).toEqual([
        { release_id: null },
      ]);
    },
  );

  test('environments are cut to 64 characters; none, slashes and absence are the empty one', async () => {
    const seen = [];
    for (const environment of ['e'.repeat(65), 'None', 'a/b', undefined]) {
      seen.push(
        (await groupOf(await web.send(exceptionEvent('Env', { environment })))).environment,
      );
    }
    expect(seen).toEqual(['e'.repeat(64), '', '', '']);
  });

  test('a release in which an issue was first seen cannot be deleted', async () => {
    await web.send(exceptionEvent('Protects', { release: 'protected@1.0' }));
    await slipway.startWorker();
    const answer = await slipway.call(
      'DELETE',
      '/api/0/organizations/acme/releases/protected@1.0/',
    );
    await slipway.stopWorker();
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      detail: 'This release is referenced by active issues and cannot be removed.',
    });
  });
});

describe('hostile events', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 'core' : { in: nested(levels - 1) });
  const list = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test.each<[string, unknown]>([
    ['nothing', {}],
    [
      'NULs in keys and texts',
      { message: 'a\0b', extra: { 'k\0ey': '\0' }, tags: [['t\0', '\0']] },
    ],
    ['lone surrogates', '{"message":"\\ud800 half","extra":{"\\udfff":"\\udc00"}}'],
    [
      'wrong types',
      { message: 5, level: {}, platform: [], logger: 1, tags: 'no', timestamp: {}, user: 7 },
    ],
    [
      'wrong types inside',
      { exception: 'no', fingerprint: { a: 1 }, release: true, environment: 9, contexts: [] },
    ],
    [
      'holes in lists',
      { exception: { values: [null, 7, {}, { type: {}, stacktrace: { frames: [null, 1, {}] } }] } },
    ],
    ['forty levels', { extra: nested(40) }],
    ['a thousand levels of lists', `{"extra":${list(1_000)}}`],
    ['a message of nearly a megabyte', { message: 'm'.repeat(1_000_000) }],
    ['emoji at every cut', { message: '😀'.repeat(20_000), logger: '😀'.repeat(100) }],
    ['numbers beyond all', '{"timestamp":1e400,"extra":{"n":1e999,"m":-1e-999}}'],
    ['prototypes', '{"__proto__":{"polluted":true},"constructor":1,"message":"p"}'],
    [
      'many keys',
      { extra: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i])) },
    ],
    ['a long fingerprint', { fingerprint: Array.from({ length: 5_000 }, () => 'f'.repeat(50)) }],
    ['a date before there were computers', { timestamp: '0001-01-01T00:00:00Z' }],
    ['a byte order mark', '\ufeff{"message":"bom"}'],
  ])('%s: stored', async (_, payload) => {
    const eventId = crypto.randomUUID().replaceAll('-', '');
    const answer = await web.post('envelope', {
      raw: envelope({ event_id: eventId }, [{ header: { type: 'event' }, payload }]),
    });
    expect(answer.status, answer.text).toBe(200);
    const group = await groupOf(eventId);
    expect(group.title.length).toBeLessThanOrEqual(255);
    expect(JSON.stringify(group.data).length).toBeLessThan(1_100_000);
    expect(({} as any).polluted).toBeUndefined();
  });

  const fields = [
    'event_id,message,logentry,level,platform,logger,timestamp,release,environment,dist,transaction,culprit',
    'server_name,tags,user,request,contexts,extra,modules,sdk,fingerprint,exception,threads,breadcrumbs',
    'stacktrace,debug_meta,measurements,errors,type,version,received,project,key_id,_meta',
  ].flatMap((names) => names.split(','));

  test.each<[string, unknown]>([
    ['a number', -7.5],
    ['a number beyond all', 1e308],
    ['true', true],
    ['null', null],
    ['a text', 'text'],
    ['a blank text', ' '],
    ['a text of NULs', '\0\0'],
    ['an empty list', []],
    ['lists in lists', [[[null]]]],
    ['an empty object', {}],
    ['objects in objects', { values: { values: {} }, frames: 7, id: {}, message: [] }],
  ])('%s in every field: stored, and shown', async (_, value) => {
    const eventId = crypto.randomUUID().replaceAll('-', '');
    const payload = Object.fromEntries(fields.map((field) => [field, value]));
    const answer = await web.post('envelope', {
      raw: envelope({ event_id: eventId }, [{ header: { type: 'event' }, payload }]),
    });
    expect(answer.status, answer.text).toBe(200);
    const group = await groupOf(eventId);
    const issues = '/api/0/organizations/acme/issues/';
    for (const path of ['', 'events/latest/', 'events/']) {
      const shown = await slipway.call('GET', `${issues}${group.id}/${path}`);
      expect(shown.status, `${path} ${shown.text}`).toBe(200);
    }
  });

  test.each(['', 'no json', '[]', '"text"', 'null', '{"a":', '\xff\xfe'])(
    'as the only item %j is a 400 with its cause',
    async (payload) => {
      const answer = await web.post('envelope', {
        raw: envelope({}, [{ header: { type: 'event' }, payload }]),
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ detail: 'invalid event', causes: [expect.any(String)] });
    },
  );
});

test('an organization goes with all of its issues, though they protect their releases', async () => {
  await web.send(exceptionEvent('Last', { release: 'last@1.0.0' }));
  await slipway.pool.query('delete from organization where id = $1', [
    slipway.tenant.organizationId,
  ]);
  expect(
    await rows(
      'select (select count(*)::int from group_) + (select count(*)::int from event) as left',
    ),
  ).toEqual([{ left: 0 }]);
});
