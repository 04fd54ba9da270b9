import { beforeAll, describe, expect, test } from 'vitest';
import { createTenant } from './support/tenant.ts';
import { useSlipway, type ApiAnswer } from './support/slipway.ts';

const slipway = useSlipway({ worker: false });

const get = (path: string, token?: string): Promise<ApiAnswer> =>
  slipway.call('GET', `/api/0${path}`, token === undefined ? {} : { token });

const slugs = (answer: ApiAnswer): string[] => answer.body.map((item: any) => item.slug);

/** What sentry-cli 2 and 3 insist on (clients 4). */
const organizationKeys = {
  id: expect.stringMatching(/^\d+$/),
  dateCreated: expect.stringMatching(/\.\d{6}Z$/),
  isEarlyAdopter: false,
  require2FA: false,
  requireEmailVerification: false,
  features: expect.any(Array),
};

describe('organizations/', () => {
  beforeAll(async () => {
    const { pool, tenant } = slipway;
    await createTenant(pool, 'foreign');
    const second = await createTenant(pool, 'second');
    await pool.query(
      "insert into member (organization_id, user_id, role) values ($1, $2, 'member')",
      [second.organizationId, tenant.ownerId],
    );
  });

  test('lists those of the user, or the one of the token, with all that clients insist on', async () => {
    const answer = await get('/organizations/?cursor=');
    expect(slugs(answer)).toEqual(['acme', 'second']);
    expect(answer.body[0]).toMatchObject({ ...organizationKeys, slug: 'acme', name: 'acme' });
    expect(slugs(await get('/organizations/', slipway.tenant.organizationToken))).toEqual(['acme']);
  });

  test('pages', async () => {
    const first = await get('/organizations/?per_page=1');
    expect(slugs(first)).toEqual(['acme']);
    expect(first.headers.get('link')).toMatch(/rel="next"; results="true"; cursor="1:1:0"$/);
    expect(slugs(await get('/organizations/?per_page=1&cursor=1:1:0'))).toEqual(['second']);
  });

  test('one of them in detail, by slug and id; the summary with any other scope; nothing with none', async () => {
    const { organizationId } = slipway.tenant;
    for (const place of ['acme', organizationId]) {
      const { body } = await get(`/organizations/${place}/`);
      expect(body).toMatchObject({ ...organizationKeys, openMembership: true, role: 'owner' });
      expect(body.projects.map((project: any) => project.slug)).toEqual(['api', 'web']);
      // Clients follow it to another host, and the MCP server refuses plain http there.
      expect(body.links?.regionUrl).toBeUndefined();
    }
    const summary = await get('/organizations/acme/', await slipway.token(['project:releases']));
    expect(summary.status).toBe(200);
    expect(summary.body).not.toHaveProperty('projects');
    const ofOrganization = await get('/organizations/acme/', slipway.tenant.organizationToken);
    expect(ofOrganization.body).toMatchObject({ slug: 'acme' });
    expect((await get('/organizations/acme/', await slipway.token([]))).status).toBe(403);
    expect((await get('/organizations/acme/?detailed=0')).body).not.toHaveProperty('projects');
  });
});

describe('projects', () => {
  test('are listed by slug with their teams', async () => {
    const answer = await get('/organizations/acme/projects/?cursor=');
    expect(slugs(answer)).toEqual(['api', 'web']);
    expect(answer.body[1]).toMatchObject({
      id: slipway.tenant.web.id,
      slug: 'web',
      name: 'web',
      isMember: true,
      team: { id: slipway.tenant.teamId, slug: 'crew', name: 'Crew' },
    });
    const ci = await get('/organizations/acme/projects/', slipway.tenant.organizationToken);
    expect(slugs(ci)).toEqual(['api', 'web']);
  });

  test('are shown by slug and id, with their organization unless it is collapsed', async () => {
    for (const place of ['web', slipway.tenant.web.id]) {
      const { body } = await get(`/projects/acme/${place}/`);
      expect(body).toMatchObject({ id: slipway.tenant.web.id, organization: { slug: 'acme' } });
    }
    const collapsed = await get('/projects/acme/web/?collapse=organization');
    expect(collapsed.body).not.toHaveProperty('organization');
    expect((await get('/projects/acme/nope/')).status).toBe(404);
  });
});

describe('repositories', () => {
  test('are the active ones by name, with a provider that sentry-cli can read, or knows to pass over', async () => {
    await slipway.pool.query(
      `insert into repository (organization_id, name, provider, url, status) values
         ($1, 'b/made-by-commits', null, null, 'active'),
         ($1, 'a/hosted', 'integrations:gitlab', 'https://gitlab.test/a/hosted', 'active'),
         ($1, 'c/gone', 'github', null, 'disabled'),
         ($1, 'd/100%_x', 'git', 'https://git.test/x', 'active')`,
      [slipway.tenant.organizationId],
    );
    const { body } = await get('/organizations/acme/repos/?cursor=');
    expect(
      body.map((repository: any) => [
        repository.name,
        repository.provider,
        repository.externalSlug,
      ]),
    ).toEqual([
      ['a/hosted', { id: 'integrations:gitlab', name: 'GitLab' }, 'a/hosted'],
      ['b/made-by-commits', { id: 'unknown', name: 'Unknown Provider' }, null],
      ['d/100%_x', { id: 'git', name: 'Git' }, 'd/100%_x'],
    ]);
    const names = async (query: string): Promise<string[]> =>
      (await get(`/organizations/acme/repos/?query=${query}`)).body.map((one: any) => one.name);
    expect(await names('HOST')).toEqual(['a/hosted']);
    expect(await names('%25_')).toEqual(['d/100%_x']);
    const page = await get('/organizations/acme/repos/?per_page=1&cursor=1:2:0');
    expect(page.body).toHaveLength(1);
    expect(page.headers.get('link')).toMatch(/rel="next"; results="false"; cursor="1:3:0"$/);
  });
});
