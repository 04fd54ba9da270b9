import { beforeAll, describe, expect, test } from 'vitest';
import { exceptionEvent, IngestClient } from './support/ingest.ts';
import { useSlipway } from './support/slipway.ts';

/** What events say of their release and project (releases-api 13.1): new issues, first and last event, platforms. */
const slipway = useSlipway({ worker: false });
const ORG = '/api/0/organizations/acme';
/** Minutes of an hour ago: what is older than a month would count from its receipt. */
const hourAgo = Math.floor(Date.now() / 60_000) - 60;
const seconds = (minute: number): number => (hourAgo + minute) * 60;
const shown = (minute: number): string =>
  new Date(seconds(minute) * 1_000).toISOString().replace('Z', '000Z');

const get = async (path: string): Promise<any> => (await slipway.call('GET', path)).body;

beforeAll(async () => {
  const web = await IngestClient.create(slipway);
  const api = await IngestClient.create(slipway, slipway.tenant.api);
  const send = (client: IngestClient, type: string, minute: number, event: object) =>
    client.send(
      exceptionEvent(type, { release: 'shop@1.0.0', timestamp: seconds(minute), ...event }),
    );
  await send(web, 'A', 10, { environment: 'production' });
  await send(web, 'B', 20, { environment: 'staging', platform: 'javascript' });
  await send(web, 'B', 30, { environment: 'production' });
  await send(api, 'C', 5, { environment: 'production', platform: 'python' });
  await send(api, 'C', 40, { environment: 'staging' });
});

describe('a release', () => {
  test.each<[string, number, number, number]>([
    ['releases/shop@1.0.0/', 3, 5, 40],
    ['releases/shop@1.0.0/?project=web', 2, 10, 30],
    ['releases/shop@1.0.0/?project=api&environment=production', 1, 5, 5],
    ['releases/shop@1.0.0/?environment=staging', 1, 20, 40],
  ])('%s: %i new issues', async (path, newGroups, first, last) => {
    expect(await get(`${ORG}/${path}`)).toMatchObject({
      newGroups,
      firstEvent: shown(first),
      lastEvent: shown(last),
    });
  });

  test('in lists, of a project and of its environments', async () => {
    const listed = async (query: string) => (await get(`${ORG}/releases/${query}`))[0];
    expect(await listed('')).toMatchObject({ newGroups: 3, firstEvent: shown(5) });
    expect(await listed('?project=web&environment=staging')).toMatchObject({
      newGroups: 1,
      firstEvent: shown(20),
      lastEvent: shown(20),
    });
  });

  test('through its project', async () => {
    const ofApi = { newGroups: 1, firstEvent: shown(5), lastEvent: shown(40) };
    expect(await get('/api/0/projects/acme/api/releases/shop@1.0.0/')).toMatchObject(ofApi);
    expect((await get('/api/0/projects/acme/api/releases/'))[0]).toMatchObject(ofApi);
  });

  test('its projects have their own new issues, and the platforms that their issues came from', async () => {
    const { projects } = await get(`${ORG}/releases/shop@1.0.0/`);
    expect(projects).toMatchObject([
      { slug: 'api', newGroups: 1, platforms: ['python'] },
      { slug: 'web', newGroups: 2, platforms: ['javascript', 'node'] },
    ]);
  });

  test('an unknown environment is a 404', async () => {
    const { status } = await slipway.call('GET', `${ORG}/releases/shop@1.0.0/?environment=nowhere`);
    expect(status).toBe(404);
  });
});

test('deploys are no events', async () => {
  const { pool, tenant } = slipway;
  await pool.query(
    `with made as (insert into release (organization_id, version) values ($1, 'quiet') returning id),
          linked as (insert into release_project (release_id, project_id) select id, $2 from made),
          place as (insert into environment (organization_id, name) values ($1, 'quiet') returning id)
     insert into release_project_environment (release_id, project_id, environment_id)
     select made.id, $2, place.id from made, place`,
    [tenant.organizationId, tenant.web.id],
  );
  const quiet = { newGroups: 0, firstEvent: null, lastEvent: null };
  expect(await get(`${ORG}/releases/quiet/`)).toMatchObject(quiet);
  const web = await IngestClient.create(slipway);
  await web.send(
    exceptionEvent('Late', { release: 'quiet', environment: 'quiet', timestamp: seconds(50) }),
  );
  expect(await get(`${ORG}/releases/quiet/`)).toMatchObject({
    newGroups: 1,
    firstEvent: shown(50),
    lastEvent: shown(50),
  });
});

test('projects name the platforms that their issues came from', async () => {
  expect((await get('/api/0/projects/acme/web/')).platforms).toEqual(['javascript', 'node']);
  const [api] = await get(`${ORG}/projects/`);
  expect(api).toMatchObject({ slug: 'api', platforms: ['python'] });
});
