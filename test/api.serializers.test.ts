// Every endpoint that shows something takes as many statements for fifty as for one.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../api/http/route.ts';
import { routes } from '../api/routes/index.ts';
import { fillTenant, type FilledTenant } from './support/fillTenant.ts';
import { createTenant, type Tenant } from './support/tenant.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';
import { logStatements } from './support/statementLog.ts';

const slipway = useSlipway({ worker: false });

const MANY = 50;

type Filled = Readonly<{ tenant: Tenant; names: FilledTenant }>;

let one: Filled;
let many: Filled;

beforeAll(async () => {
  const fill = async (slug: string, count: number): Promise<Filled> => {
    const tenant = await createTenant(slipway.pool, slug);
    return { tenant, names: await fillTenant(slipway.pool, tenant, count) };
  };
  one = await fill('one', 1);
  many = await fill('many', MANY);
});

/** Lists that have no rows of their own: they are the same for everybody, or always empty. */
const notLists = ['listRegions'];

/** Its outcome is a stored text. */
const notDetails = ['getOperation'];

const lists = routes.filter(
  ({ name, method }) => method === 'GET' && name.startsWith('list') && !notLists.includes(name),
);

/** Searches that would leave out what was filled in. */
const queries: Readonly<Record<string, string>> = {
  listIssues: 'query=&project=-1',
  listProjectIssues: 'query=',
};

/** One thing with fifty of everything that hangs on it; pictures, the service and its own paths have nothing of it. */
const details = routes.filter(
  ({ name, method, path }) =>
    method === 'GET' &&
    name.startsWith('get') &&
    path.startsWith('/api/') &&
    !lists.some((list) => list.name === name) &&
    !notDetails.includes(name),
);

function pathOf({ name, path }: (typeof routes)[number], { tenant, names }: Filled): string {
  const values: Record<string, string> = {
    organization: tenant.slug,
    project: 'web',
    team: 'crew',
    version: names.version,
    issue: names.issue,
    id: names.webhook,
    event: 'latest',
    user: 'me',
    member: names.member,
    key: names.key,
    repositoryId: names.repository,
    environment: 'environment-1',
    token: names.token,
  };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = values[parameter];
    if (value === undefined) throw new Error(`Say what {${parameter}} of ${name} is here.`);
    return value;
  });
  return `${filled}?organization=${tenant.slug}&per_page=100&${queries[name] ?? ''}`;
}

const itemsOf = ({ body }: ApiAnswer): unknown[] => (Array.isArray(body) ? body : body.rows);

/** What a route answers, and by which statements, when what is remembered between requests is remembered already. */
async function measure(
  log: ReturnType<typeof logStatements>,
  route: Route,
  filled: Filled,
): Promise<{ answer: ApiAnswer; taken: string[] }> {
  const path = pathOf(route, filled);
  await slipway.call('GET', path, { token: filled.tenant.ownerToken });
  log.take();
  const answer = await slipway.call('GET', path, { token: filled.tenant.ownerToken });
  expect(answer.status, answer.text).toBe(200);
  return { answer, taken: log.take().sort() };
}

describe('a list takes the same statements for one and for fifty', () => {
  test.each(lists.map((route) => [route.name, route] as const))('%s', async (_, route) => {
    const log = logStatements();
    const taken: string[][] = [];
    const lengths: number[] = [];
    for (const filled of [one, many]) {
      const measured = await measure(log, route, filled);
      taken.push(measured.taken);
      lengths.push(itemsOf(measured.answer).length);
    }
    expect(lengths[1]! - lengths[0]!, 'the second list is longer').toBe(MANY - 1);
    expect(taken[1]).toEqual(taken[0]);
    expect(taken[0]!.length).toBeLessThanOrEqual(8);
  });
});

describe('one of them takes the same statements with one and with fifty of what it shows', () => {
  test.each(details.map((route) => [route.name, route] as const))('%s', async (_, route) => {
    const log = logStatements();
    const taken: string[][] = [];
    for (const filled of [one, many]) {
      taken.push((await measure(log, route, filled)).taken);
    }
    expect(taken[1]).toEqual(taken[0]);
    expect(taken[0]!.length).toBeLessThanOrEqual(16);
  });
});

describe('people, teams, projects and organizations are shown with their avatars wherever they are', () => {
  test.each([
    ['members', '/api/0/organizations/one/members/?query=Person', (body: any) => body[0].user],
    ['members of a team', '/api/0/teams/one/crew/members/', (body: any) => body[0].user],
    ['the audit log', '/api/0/organizations/one/audit-logs/', (body: any) => body.rows[0].actor],
    ['authors of a release', '/api/0/organizations/one/releases/full/', (b: any) => b.authors[0]],
    ['commits', '/api/0/organizations/one/releases/full/commits/', (body: any) => body[0].author],
    [
      'changed files',
      '/api/0/organizations/one/releases/full/commitfiles/',
      (b: any) => b[0].author,
    ],
    ['activities', '/api/0/projects/one/web/activity/', (body: any) => body[0].user],
    ['teams', '/api/0/organizations/one/teams/?query=team-1', (body: any) => body[0]],
    ['projects', '/api/0/organizations/one/projects/', (body: any) => body[1]],
    ['details', '/api/0/organizations/one/', (body: any) => body.projects[1]],
  ])('in %s', async (_, path, find) => {
    const answer = await slipway.call('GET', path, { token: one.tenant.ownerToken });
    expect(find(answer.body).avatar.avatarType).toBe('upload');
  });
});
