import { beforeAll, describe, expect, test } from 'vitest';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

/** Reading issues (groups-projects-orgs 1.11): lists and searches, details, events, short ids, activity, who may. */
const slipway = useSlipway({ worker: false });
const ORG = '/api/0/organizations/acme';
let web: IngestClient;
let api: IngestClient;
const ids: Record<string, string> = {};
const eventIds: Record<string, string> = {};

const get = (path: string, token?: string | null): Promise<ApiAnswer> =>
  slipway.call('GET', path, token === undefined ? {} : { token });
const titles = (answer: ApiAnswer): string[] => {
  expect(answer.status, answer.text).toBe(200);
  return answer.body.map((issue: any) => issue.metadata.type);
};
const ago = (seconds: number): number => Date.now() / 1_000 - seconds;
const put = async (path: string, body: object): Promise<void> => {
  const answer = await slipway.call('PUT', path, { body });
  expect(answer.status, answer.text).toBe(200);
};

beforeAll(async () => {
  web = await IngestClient.create(slipway);
  api = await IngestClient.create(slipway, slipway.tenant.api);
  const send = async (client: IngestClient, type: string, event: object): Promise<void> => {
    eventIds[type] = await client.send(exceptionEvent(type, event as Record<string, unknown>));
    const { rows } = await slipway.pool.query('select group_id from event where event_id = $1', [
      eventIds[type],
    ]);
    ids[type] = rows[0].group_id;
  };
  await send(web, 'Alpha', {
    release: 'shop@1.0.0',
    environment: 'production',
    timestamp: ago(400),
    tags: { plan: 'pro', nothing: null },
    user: { id: 'u1' },
    extra: { cart: 3 },
    breadcrumbs: [{ message: 'clicked' }],
  });
  await send(web, 'Alpha', { release: 'shop@2.0.0', environment: 'staging', timestamp: ago(100) });
  await send(web, 'Beta', { level: 'warning', release: 'shop@2.0.0', timestamp: ago(200) });
  await send(web, 'Gamma', { timestamp: ago(300) });
  await send(api, 'Delta', { level: 'fatal', timestamp: ago(250) });
  await put(`${ORG}/issues/${ids['Gamma']}/`, { status: 'resolved', isBookmarked: true });
  await put(`${ORG}/issues/${ids['Beta']}/`, { assignedTo: `user:${slipway.tenant.ownerId}` });
});

describe('lists', () => {
  test('show what is unresolved, the last seen first, with every key that clients read', async () => {
    const answer = await get(`${ORG}/issues/`);
    expect(titles(answer)).toEqual(['Alpha', 'Beta', 'Delta']);
    expect(answer.body[0]).toMatchObject({
      id: ids['Alpha'],
      shortId: 'WEB-1',
      title: 'Alpha: Alpha happened',
      culprit: 'app/checkout.ts in pay',
      permalink: `http://slipway.test/organizations/acme/issues/${ids['Alpha']}/`,
      level: 'error',
      status: 'unresolved',
      statusDetails: {},
      substatus: 'new',
      platform: 'node',
      priority: 'high',
      project: { id: web.project.id, slug: 'web', name: 'web', platform: null },
      type: 'error',
      metadata: {
        type: 'Alpha',
        value: 'Alpha happened',
        filename: 'app/checkout.ts',
        function: 'pay',
      },
      count: '2',
      assignedTo: null,
      firstSeen: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
      lastSeen: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
    });
    expect(answer.body[1].assignedTo).toMatchObject({ type: 'user', id: slipway.tenant.ownerId });
  });

  test.each<[string, string[]]>([
    ['query=', ['Alpha', 'Beta', 'Delta', 'Gamma']],
    ['query=is:resolved', ['Gamma']],
    ['query=is:unresolved level:fatal', ['Delta']],
    ['query=is:for_review', ['Alpha', 'Beta', 'Delta']],
    ['query=is:assigned', ['Beta']],
    ['query=assigned:me', ['Beta']],
    ['query=is:new', ['Alpha', 'Beta', 'Delta']],
    ['query=is:regressed', []],
    ['query=release:shop@1.0.0', ['Alpha']],
    ['query=release:shop@2.*', ['Alpha', 'Beta']],
    ['query=release:latest', ['Alpha', 'Beta']],
    ['query=!release:shop@2.0.0', ['Delta', 'Gamma']],
    ['query=release.version:>1.0.0', ['Alpha', 'Beta']],
    ['query=release.version:<2', ['Alpha']],
    ['query=release.version:<2 release:shop@2.*', []],
    ['query=!release.version:>=2.0', ['Delta', 'Gamma']],
    ['query=release.version:other@1.0.0', []],
    ['query=release.package:shop', ['Alpha', 'Beta']],
    ['query=release.package:other', []],
    ['query=firstRelease:shop@2.0.0', ['Beta']],
    ['query=release:unheard-of', []],
    ['query=alpha happened', ['Alpha']],
    ['query=app/checkout', ['Alpha', 'Beta', 'Delta', 'Gamma']],
    ['query=100%25', []],
    ['query=project:api', ['Delta']],
    ['query=issue:WEB-2', ['Beta']],
    ['project=api', ['Delta']],
    ['project=-1&query=', ['Alpha', 'Beta', 'Delta', 'Gamma']],
    ['environment=production', ['Alpha']],
    ['environment=staging&query=release:shop@1.0.0', []],
    ['sort=new', ['Beta', 'Delta', 'Alpha']],
    ['sort=freq&query=&per_page=1', ['Alpha']],
    ['sort=user&query=&per_page=1', ['Alpha']],
    ['limit=2', ['Alpha', 'Beta']],
    ['statsPeriod=24h', ['Alpha', 'Beta', 'Delta']],
    ['query=timesSeen:>1', ['Alpha']],
    ['query=age:-1d', ['Alpha', 'Beta', 'Delta', 'Gamma']],
    ['query=age:%2B1d', []],
    ['query=lastSeen:<2020-01-01', []],
    ['query=bookmarks:me', ['Gamma']],
    ['query=subscribed:me', ['Beta', 'Gamma']],
    ['query=bookmarks:nobody', []],
    ['query=is:unresolved is:for_review&sort=inbox', ['Delta', 'Beta', 'Alpha']],
  ])('%s', async (query, expected) => {
    expect(titles(await get(`${ORG}/issues/?${query.replaceAll(' ', '%20')}`))).toEqual(expected);
  });

  test('of a project, as sentry-cli asks', async () => {
    expect(titles(await get('/api/0/projects/acme/web/issues/?'))).toEqual(['Alpha', 'Beta']);
    expect(titles(await get('/api/0/projects/acme/web/issues/?query=is:resolved&cursor='))).toEqual(
      ['Gamma'],
    );
  });

  test('page by page, each issue once', async () => {
    const seen: string[] = [];
    let path = `${ORG}/issues/?query=&per_page=1`;
    for (let pages = 0; pages < 10; pages += 1) {
      const answer = await get(path);
      seen.push(...titles(answer));
      const next = /<([^>]+)>; rel="next"; results="true"/.exec(
        answer.headers.get('link') ?? '',
      )?.[1];
      if (next === undefined) break;
      path = next.replace('http://slipway.test', '');
    }
    expect(seen).toEqual(['Alpha', 'Beta', 'Delta', 'Gamma']);
  });

  test('the id of an event, and on request a short id, hit directly', async () => {
    const event = await get(`${ORG}/issues/?query=${eventIds['Gamma']}`);
    expect(titles(event)).toEqual(['Gamma']);
    expect(event.body[0].matchingEventId).toBe(eventIds['Gamma']);
    expect(event.headers.get('x-sentry-direct-hit')).toBe('1');
    const short = await get(`${ORG}/issues/?query=web-3&shortIdLookup=1`);
    expect(titles(short)).toEqual(['Gamma']);
  });

  test('by id, whatever the status', async () => {
    expect(titles(await get(`${ORG}/issues/?group=${ids['Gamma']}&group=${ids['Delta']}`))).toEqual(
      ['Delta', 'Gamma'],
    );
  });

  test('expand=inbox says why', async () => {
    const answer = await get(`${ORG}/issues/?expand=inbox`);
    expect(answer.body[0].inbox).toEqual({
      reason: 0,
      reason_details: null,
      date_added: expect.any(String),
    });
  });

  test.each([
    'query=is:nonsense',
    'query=nonsense:1',
    'sort=nonsense',
    'sort=inbox',
    'sort=inbox&query=is:unresolved is:for_review level:error',
    'query=timesSeen:many',
    'query=release.version:one',
    'query=release.version:[1.0.0,2.0.0]',
    'group=x',
    'groupStatsPeriod=1w',
    'per_page=0',
    'statsPeriod=x',
  ])('400: %s', async (query) => {
    const answer = await get(`${ORG}/issues/?${query}`);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toEqual({ detail: expect.any(String) });
  });

  test.each([
    ['groupStatsPeriod=24h', '24h', 24, 3_600],
    ['groupStatsPeriod=14d', '14d', 14, 86_400],
    ['groupStatsPeriod=auto', 'auto', 14, 86_400],
    ['groupStatsPeriod=auto&statsPeriod=12h', 'auto', 12, 3_600],
  ])('%s counts the events of each issue under %s', async (query, name, length, step) => {
    const answer = await get(`${ORG}/issues/?${query}`);
    expect(titles(answer)).toEqual(['Alpha', 'Beta', 'Delta']);
    const all = answer.body.map(({ stats }: any) => stats[name]);
    expect(all.map((series: [number, number][]) => series.length)).toEqual(Array(3).fill(length));
    expect(all.map((series: [number, number][]) => series[1]![0] - series[0]![0])).toEqual(
      Array(3).fill(step),
    );
    const sums = all.map((series: [number, number][]) =>
      series.reduce((sum, [, count]) => sum + count, 0),
    );
    expect(sums).toEqual([2, 1, 1]);
  });

  test.each(['', 'groupStatsPeriod=', 'groupStatsPeriod=24h&collapse=stats'])(
    '"%s" counts nothing',
    async (query) => {
      const { body } = await get(`${ORG}/issues/?${query}`);
      expect(body).toHaveLength(3);
      for (const issue of body) expect(issue).not.toHaveProperty('stats');
    },
  );

  test('an unknown environment is a 404, a foreign project a 403', async () => {
    expect((await get(`${ORG}/issues/?environment=nope`)).status).toBe(404);
    expect((await get(`${ORG}/issues/?project=999999`)).status).toBe(403);
  });

  test('a member without teams sees nothing until they ask for more', async () => {
    const token = await slipway.tenant.userToken(
      ['event:read'],
      await slipway.tenant.addMember('member'),
    );
    expect(titles(await get(`${ORG}/issues/`, token))).toEqual([]);
    expect(titles(await get(`${ORG}/issues/?project=-1`, token))).toHaveLength(3);
  });
});

describe('details', () => {
  test('by id and short id, with timeline, releases and counts', async () => {
    const byId = await get(`${ORG}/issues/${ids['Alpha']}/`);
    expect(byId.status, byId.text).toBe(200);
    expect(byId.body).toMatchObject({
      id: ids['Alpha'],
      firstRelease: { version: 'shop@1.0.0' },
      lastRelease: { version: 'shop@2.0.0' },
      userReportCount: 0,
      participants: [],
      activity: [{ id: '0', type: 'first_seen', data: { priority: 'high' }, user: null }],
    });
    const sum = (series: [number, number][]): number =>
      series.reduce((all, [, count]) => all + count, 0);
    expect(sum(byId.body.stats['24h'])).toBe(2);
    expect(byId.body.stats['30d']).toHaveLength(30);
    for (const name of ['WEB-1', 'web-1', 'Web_1', 'issue:WEB-1']) {
      const short = await get(`${ORG}/issues/${encodeURIComponent(name)}/`);
      expect(short.body?.id, name).toBe(ids['Alpha']);
    }
    expect((await get(`/api/0/issues/${ids['Alpha']}/`)).body.id).toBe(ids['Alpha']);
  });

  test('collapse leaves out what is dear', async () => {
    const { body } = await get(
      `${ORG}/issues/${ids['Alpha']}/?collapse=release&collapse=stats&collapse=tags`,
    );
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['stats']));
    expect(body.firstRelease).toBeUndefined();
  });

  test.each([
    '999999',
    'WEB-ZZZ',
    'NOPE-1',
    'WEB-U',
    '99999999999999999999',
    'WEB-ZZZZZZZZZZZZZZ',
    'x',
    '%00',
  ])('%s is a 404', async (name) => {
    expect((await get(`${ORG}/issues/${name}/`)).status).toBe(404);
    expect((await get(`/api/0/issues/${name}/`)).status).toBe(404);
  });

  test('a short id leads to its issue and project', async () => {
    for (const name of ['API-1', 'api-1']) {
      const answer = await get(`${ORG}/shortids/${name}/`);
      expect(answer.body).toMatchObject({
        organizationSlug: 'acme',
        projectSlug: 'api',
        groupId: ids['Delta'],
        shortId: 'API-1',
        group: { id: ids['Delta'], title: 'Delta: Delta happened' },
      });
    }
    expect((await get(`${ORG}/shortids/API-99/`)).status).toBe(404);
  });
});

describe('events', () => {
  test('latest, oldest, recommended and by id', async () => {
    const path = `${ORG}/issues/${ids['Alpha']}/events`;
    const latest = await get(`${path}/latest/`);
    expect(latest.body).toMatchObject({
      eventID: eventIds['Alpha'],
      release: { version: 'shop@2.0.0' },
    });
    const oldest = (await get(`${path}/oldest/`)).body;
    expect(oldest).toMatchObject({
      groupID: ids['Alpha'],
      projectID: web.project.id,
      title: 'Alpha: Alpha happened',
      type: 'error',
      platform: 'node',
      user: { id: 'u1' },
      context: { cart: 3 },
      dateCreated: expect.any(String),
      dateReceived: expect.any(String),
    });
    expect(oldest.tags).toEqual([
      { key: 'environment', value: 'production' },
      { key: 'level', value: 'error' },
      { key: 'plan', value: 'pro' },
      { key: 'release', value: 'shop@1.0.0' },
    ]);
    expect(oldest.entries.map((entry: any) => entry.type)).toEqual(['exception', 'breadcrumbs']);
    expect(oldest.entries[0].data.values[0].stacktrace.frames).toHaveLength(3);
    expect((await get(`${path}/recommended/`)).body.eventID).toBe(eventIds['Alpha']);
    expect((await get(`${path}/${oldest.eventID}/`)).body.eventID).toBe(oldest.eventID);
    expect((await get(`${path}/latest/?environment=production`)).body.eventID).toBe(oldest.eventID);
    expect((await get(`/api/0/issues/${ids['Alpha']}/events/latest/`)).body.eventID).toBe(
      eventIds['Alpha'],
    );
  });

  test('each leads to those before and after it', async () => {
    const path = `${ORG}/issues/${ids['Alpha']}/events`;
    const latest = (await get(`${path}/latest/`)).body;
    const oldest = (await get(`${path}/oldest/`)).body;
    expect(latest).toMatchObject({ nextEventID: null, previousEventID: oldest.eventID });
    expect(oldest).toMatchObject({ nextEventID: latest.eventID, previousEventID: null });
  });

  test('of another issue, unknown or nonsense: 404', async () => {
    for (const name of [eventIds['Beta'], 'f'.repeat(32), 'nonsense']) {
      expect((await get(`${ORG}/issues/${ids['Alpha']}/events/${name}/`)).status).toBe(404);
    }
  });

  test('lists of an issue and of a project', async () => {
    expect((await get(`${ORG}/issues/${ids['Alpha']}/events/`)).body).toHaveLength(2);
    expect((await get(`/api/0/issues/${ids['Alpha']}/events/`)).body).toHaveLength(2);
    const { body } = await get('/api/0/projects/acme/web/events/?cursor=');
    expect(body.map((event: any) => event.title)).toEqual([
      'Alpha: Alpha happened',
      'Beta: Beta happened',
      'Gamma: Gamma happened',
      'Alpha: Alpha happened',
    ]);
    expect(body[0]).toMatchObject({
      eventID: eventIds['Alpha'],
      tags: expect.any(Array),
      user: null,
    });
  });
});

describe('activity and history', () => {
  test('of an organization and of a project, newest first', async () => {
    const { body } = await get(`${ORG}/activity/`);
    expect(body.map((item: any) => item.type)).toEqual(['assigned', 'set_resolved']);
    expect(body[0]).toMatchObject({
      user: { id: slipway.tenant.ownerId },
      data: {
        assignee: slipway.tenant.ownerId,
        assigneeType: 'user',
        assigneeEmail: expect.stringContaining('@'),
      },
      issue: { id: ids['Beta'], shortId: 'WEB-2' },
      project: { slug: 'web' },
      dateCreated: expect.any(String),
    });
    expect((await get('/api/0/projects/acme/api/activity/')).body).toEqual([]);
  });

  test('of an issue', async () => {
    const { body } = await get(`/api/slipway/v1/issues/${ids['Gamma']}/history`);
    expect(body).toEqual([
      {
        id: expect.any(String),
        status: 'resolved',
        release: null,
        actor: expect.objectContaining({ id: slipway.tenant.ownerId }),
        dateCreated: expect.any(String),
        previous: null,
      },
    ]);
    const details = await get(`${ORG}/issues/${ids['Gamma']}/`);
    expect(details.body.activity.map((item: any) => item.type)).toEqual([
      'set_resolved',
      'first_seen',
    ]);
  });
});

describe('issues that a release resolves', () => {
  test('by a resolution bound to it or by a commit in it', async () => {
    await slipway.pool.query(
      `with repo as (insert into repository (organization_id, name) values ($1, 'r') returning *),
            fix as (insert into commit (organization_id, repository_id, key) select organization_id, id, 'f' from repo returning id),
            contained as (insert into release_commit (release_id, commit_id, position)
                          select release.id, fix.id, 0 from release, fix where version = 'shop@2.0.0')
       insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
       select $2, $3, 'commit', id, 'resolves' from fix`,
      [slipway.tenant.organizationId, ids['Delta'], api.project.id],
    );
    await slipway.pool.query(
      `insert into group_resolution (group_id, release_id, type, status)
       select $1, id, 'in_release', 'resolved' from release where version = 'shop@2.0.0'`,
      [ids['Gamma']],
    );
    try {
      expect(titles(await get(`${ORG}/releases/shop@2.0.0/resolved/`))).toEqual(['Delta', 'Gamma']);
      expect(titles(await get('/api/0/projects/acme/web/releases/shop@2.0.0/resolved/'))).toEqual([
        'Gamma',
      ]);
      expect(titles(await get(`${ORG}/releases/shop@1.0.0/resolved/`))).toEqual([]);
      expect((await get(`${ORG}/releases/nope/resolved/`)).status).toBe(404);
    } finally {
      await slipway.pool.query('delete from group_resolution');
      await slipway.pool.query('delete from group_link');
    }
  });
});

describe('who may', () => {
  const paths = [
    `${ORG}/issues/`,
    '/api/0/projects/acme/web/issues/',
    `${ORG}/issues/WEB-1/`,
    `${ORG}/issues/WEB-1/events/latest/`,
    `${ORG}/issues/WEB-1/events/`,
  ];

  test.each(paths)('%s needs event:read', async (path) => {
    expect((await get(path, null)).status).toBe(401);
    const token = await slipway.token(['org:read', 'project:releases']);
    expect((await get(path, token)).status).toBe(403);
    expect((await get(path, slipway.tenant.organizationToken)).status).toBe(403);
    expect((await get(path, await slipway.token(['event:read']))).status).toBe(200);
  });

  test('an issue of a team that is not mine does not exist, with closed membership', async () => {
    const token = await slipway.tenant.userToken(
      ['event:admin'],
      await slipway.tenant.addMember('member'),
    );
    await slipway.pool.query('update organization set open_membership = false');
    try {
      for (const path of [
        `${ORG}/issues/WEB-1/`,
        `/api/0/issues/${ids['Alpha']}/`,
        `/api/slipway/v1/issues/${ids['Alpha']}/history`,
      ]) {
        expect((await get(path, token)).status).toBe(404);
      }
      expect(
        (
          await slipway.call('PUT', `${ORG}/issues/?id=${ids['Alpha']}`, {
            token,
            body: { status: 'ignored' },
          })
        ).status,
      ).toBe(204);
    } finally {
      await slipway.pool.query('update organization set open_membership = true');
    }
  });

  test('an issue of another organization does not exist', async () => {
    const { rows } = await slipway.pool.query(
      `with other as (insert into organization (slug, name) values ('other', 'Other') returning id),
            home as (insert into project (organization_id, slug, name) select id, 'p', 'p' from other returning id)
       insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
       select id, 1, 'theirs', now(), now(), now() from home returning id`,
    );
    const { id } = rows[0];
    for (const path of [
      `${ORG}/issues/${id}/`,
      `/api/0/issues/${id}/`,
      `${ORG}/issues/${id}/events/latest/`,
      `/api/slipway/v1/issues/${id}/history`,
    ]) {
      expect((await get(path)).status).toBe(404);
    }
    expect((await get(`${ORG}/issues/?group=${id}`)).body).toEqual([]);
    const changed = await slipway.call('PUT', `${ORG}/issues/?id=${id}`, {
      body: { status: 'resolved' },
    });
    expect(changed.status).toBe(204);
  });
});
