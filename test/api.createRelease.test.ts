import { describe, expect, test } from 'vitest';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway();
const releases = '/api/0/organizations/acme/releases/';

describe('201', () => {
  test('a new release is answered in full, and its repeat with 208 and the same id', async () => {
    const body = { version: 'shop@1.0.0+7', projects: ['web'] };
    const created = await slipway.call('POST', releases, { body });
    expect(created.status, created.text).toBe(201);
    expect(created.headers.get('content-type')).toBe('application/json');
    expect(created.body).toMatchObject({
      version: 'shop@1.0.0+7',
      status: 'open',
      versionInfo: { package: 'shop', description: '1.0.0 (7)' },
      projects: [{ id: Number(slipway.tenant.web.id), slug: 'web' }],
      commitCount: 0,
    });
    const repeated = await slipway.call('POST', releases, { body });
    expect(repeated.status).toBe(208);
    expect(repeated.body.id).toBe(created.body.id);
  });

  test('commits come back on the release, newest first', async () => {
    const commits = [
      {
        id: 'a'.repeat(40),
        repository: 'acme/web',
        message: 'one',
        author_name: 'Ana',
        author_email: 'Ana@acme.test',
        timestamp: '2026-01-01T10:00:00.123456789+02:00',
        patch_set: [{ path: 'a.txt', type: 'A' }],
      },
      {
        id: 'b'.repeat(40),
        repository: 'acme/web',
        message: 'two',
        author_name: 'Ana',
        author_email: 'ana@acme.test',
        timestamp: '2026-01-02T10:00:00Z',
      },
    ];
    const created = await slipway.call('POST', releases, {
      body: { version: 'c1', projects: ['web', 'api'], commits },
    });
    expect(created.status, created.text).toBe(201);
    expect(created.body).toMatchObject({
      commitCount: 2,
      lastCommit: { id: 'b'.repeat(40) },
      authors: [{ email: 'ana@acme.test' }],
    });
    const list = await slipway.call('GET', `${releases}c1/commits/`);
    expect(list.body.map((commit: any) => commit.id[0])).toEqual(['b', 'a']);
    expect(list.body[1].dateCreated).toBe('2026-01-01T08:00:00.123456Z');
  });

  test('a deploy is recorded and listed', async () => {
    await slipway.call('POST', releases, { body: { version: 'd1', projects: ['web'] } });
    const deploy = await slipway.call('POST', `${releases}d1/deploys/`, {
      body: { environment: 'prod' },
    });
    expect(deploy.status, deploy.text).toBe(201);
    const list = await slipway.call('GET', `${releases}d1/deploys/`);
    expect(list.body.map((one: any) => one.id)).toEqual([deploy.body.id]);
  });
});
