// Deleting an organization over HTTP: out of sight at once, gone for good a day later, taken back until then.
import { describe, expect, it, test } from 'vitest';
import { startPendingDeletions } from '../activities/deletion/startPendingDeletions.ts';
import { scopes } from '../domain/scopes.ts';
import { createLogger } from '../infra/logger.ts';
import { deletionWorkflowId } from '../workflows/deletionStart.ts';
import { runAdmin } from './support/runAdmin.ts';
import { useSlipway, type TestSlipway } from './support/slipway.ts';
import { createTenant, TEST_PUBLIC_URL, type Tenant } from './support/tenant.ts';

const path = (slug: string): string => `/api/0/organizations/${slug}/`;

/** An organization beside acme, with its owner. */
class Other {
  readonly tenant: Tenant;
  private readonly slipway: TestSlipway;

  constructor(slipway: TestSlipway, tenant: Tenant) {
    this.slipway = slipway;
    this.tenant = tenant;
  }

  static async create(slipway: TestSlipway, slug: string): Promise<Other> {
    return new Other(slipway, await createTenant(slipway.pool, slug));
  }

  call(method: string, suffix = '', options: Parameters<TestSlipway['call']>[2] = {}) {
    const token = options.token ?? this.tenant.ownerToken;
    return this.slipway.call(method, path(this.tenant.slug) + suffix, { ...options, token });
  }

  restore(token = this.tenant.ownerToken) {
    return this.call('PUT', '', { token, body: { cancelDeletion: true } });
  }

  async orders() {
    const { rows } = await this.slipway.pool.query(
      `select in_progress, extract(epoch from date_scheduled - now())::int as seconds
         from scheduled_deletion where model = 'organization' and object_id = $1`,
      [this.tenant.organizationId],
    );
    return rows;
  }

  async audit(): Promise<{ event: string; data: any }[]> {
    const { rows } = await this.slipway.pool.query<{ event: string; data: any }>(
      'select event, data from audit_log where organization_id = $1 order by id',
      [this.tenant.organizationId],
    );
    return rows;
  }

  get workflow() {
    const target = { model: 'organization', id: this.tenant.organizationId } as const;
    return this.slipway.temporal.client.workflow.getHandle(deletionWorkflowId(target));
  }
}

const pending = { id: 'pending_deletion', name: 'pending deletion' };
const active = { id: 'active', name: 'active' };

describe('while no worker runs', () => {
  const slipway = useSlipway({ worker: false });

  it('is out of sight but for its details, which say that it waits', async () => {
    const other = await Other.create(slipway, 'pending');
    const answer = await other.call('DELETE');
    expect(answer).toMatchObject({ status: 202, body: { slug: 'pending', status: pending } });
    expect(await other.orders()).toEqual([{ in_progress: false, seconds: expect.any(Number) }]);
    const [{ seconds }] = await other.orders();
    expect(seconds).toBeGreaterThan(86_000);
    expect(await other.audit()).toEqual([
      {
        event: 'org.remove',
        data: {
          id: Number(other.tenant.organizationId),
          slug: 'pending',
          name: 'pending',
          status: 1,
          transaction_id: expect.any(String),
        },
      },
    ]);

    for (const slug of ['pending', other.tenant.organizationId]) {
      const { ownerToken: token } = other.tenant;
      const details = await slipway.call('GET', path(slug), { token });
      expect(details).toMatchObject({ status: 200, body: { status: pending } });
    }
    const { body } = await slipway.call('GET', '/api/0/organizations/', {
      token: other.tenant.ownerToken,
    });
    expect(body).toEqual([]);
    for (const suffix of [
      'projects/',
      'releases/',
      'members/',
      'teams/',
      'audit-logs/',
      'repos/',
    ]) {
      expect([suffix, (await other.call('GET', suffix)).status]).toEqual([suffix, 404]);
    }
    const release = await other.call('POST', 'releases/', {
      body: { version: '1.0', projects: ['web'] },
    });
    expect(release.status).toBe(404);
    const token = other.tenant.organizationToken;
    expect((await other.call('GET', '', { token })).status).toBe(404);
    expect((await slipway.call('GET', path('pending'))).status).toBe(404);
  });

  it('is deleted once, however often somebody asks', async () => {
    const other = await Other.create(slipway, 'twice');
    const answers = await Promise.all(Array.from({ length: 20 }, () => other.call('DELETE')));
    for (const { status } of answers) expect(status).toBe(202);
    expect((await other.call('DELETE')).body.status).toEqual(pending);
    expect(await other.orders()).toHaveLength(1);
    expect((await other.audit()).map(({ event }) => event)).toEqual(['org.remove']);
  });

  it('comes back as it was when the deletion is taken back', async () => {
    const other = await Other.create(slipway, 'regretted');
    const before = (await other.call('GET')).body;
    await other.call('DELETE');
    expect(await other.restore()).toMatchObject({ status: 200, body: { status: active } });
    expect((await other.call('GET')).body).toEqual(before);
    expect((await other.call('GET', 'projects/')).status).toBe(200);
    expect(await other.orders()).toEqual([]);
    expect((await other.audit()).at(-1)).toMatchObject({
      event: 'org.restore',
      data: { slug: 'regretted', status: 0 },
    });
    const { body } = await other.call('GET', 'audit-logs/?event=org.restore');
    expect(body.rows).toMatchObject([{ note: 'restored the organization' }]);

    // There is nothing to take back any more.
    await other.restore();
    expect((await other.audit()).map(({ event }) => event)).toEqual(['org.remove', 'org.restore']);
    expect((await other.call('DELETE')).status).toBe(202);
    expect(await other.orders()).toHaveLength(1);
  });

  it('stays where it is when its settings change while it waits', async () => {
    const other = await Other.create(slipway, 'changed');
    await other.call('DELETE');
    const changed = await other.call('PUT', '', { body: { name: 'Changed' } });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Changed', status: pending } });
    expect((await other.audit()).map(({ event }) => event)).toEqual(['org.remove', 'org.edit']);
    expect(await other.orders()).toHaveLength(1);
  });

  it('is deleted and taken back by those who may, only', async () => {
    const other = await Other.create(slipway, 'guarded');
    const { tenant } = other;
    const manager = await tenant.userToken(scopes, await tenant.addMember('manager'));
    const narrow = await tenant.userToken(['org:write']);
    const machine = tenant.organizationToken;
    for (const [token, status] of [
      [manager, 403],
      [narrow, 403],
      [machine, 403],
    ] as const) {
      expect((await other.call('DELETE', '', { token })).status).toBe(status);
    }
    const stranger = await slipway.call('DELETE', path('guarded'));
    expect(stranger.status).toBe(404);
    expect((await slipway.call('DELETE', path('guarded'), { token: null })).status).toBe(401);
    expect(await other.orders()).toEqual([]);

    await other.call('DELETE');
    for (const token of [manager, narrow]) {
      expect(await other.restore(token)).toMatchObject({ status: 200, body: { status: pending } });
    }
    expect(
      (await slipway.call('PUT', path('guarded'), { body: { cancelDeletion: true } })).status,
    ).toBe(404);
    expect(await other.orders()).toHaveLength(1);
  });

  it('whose deletion has begun is unknown, and cannot be taken back', async () => {
    const other = await Other.create(slipway, 'begun');
    await other.call('DELETE');
    await slipway.pool.query(
      "update organization set status = 'deletion_in_progress' where slug = 'begun'",
    );
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? { body: { cancelDeletion: true } } : {};
      expect([method, (await other.call(method, '', body)).status]).toEqual([method, 404]);
    }
  });

  it('keeps its slug until it is gone', async () => {
    const other = await Other.create(slipway, 'occupied');
    await other.call('DELETE');
    const created = await slipway.call('POST', '/api/0/organizations/', {
      body: { name: 'Occupied', slug: 'occupied' },
    });
    expect(created).toMatchObject({ status: 400, body: { slug: [expect.any(String)] } });
  });

  it('is named to the operator as what waits', async () => {
    const other = await Other.create(slipway, 'operated');
    await other.call('DELETE');
    const { code, stderr } = await runAdmin(['org', 'set', 'operated', 'openMembership=false'], {
      DATABASE_URL: slipway.pool.options.connectionString!,
      SLIPWAY_URL: TEST_PUBLIC_URL,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('"operated" waits for its deletion');
    expect(stderr).toContain('cancelDeletion');
  });

  it('takes nothing in any more', async () => {
    const other = await Other.create(slipway, 'deaf');
    const key = '0123456789abcdef0123456789abcdef';
    const { web } = other.tenant;
    await slipway.pool.query('insert into project_key (project_id, public_key) values ($1, $2)', [
      web.id,
      key,
    ]);
    const send = () =>
      slipway.call('POST', `/api/${web.id}/store/?sentry_key=${key}`, {
        token: null,
        body: { message: 'hello' },
      });
    expect((await send()).status).toBe(200);
    await other.call('DELETE');
    expect((await send()).status).toBe(403);
  });
});

describe('the last organizations of an installation', () => {
  const slipway = useSlipway({ worker: false });

  test('one of them always stays, even when all are deleted at once', async () => {
    expect(await slipway.call('DELETE', path('acme'))).toMatchObject({
      status: 400,
      body: { detail: 'You cannot remove the default organization.' },
    });
    const others = await Promise.all(
      ['one', 'two', 'three'].map((slug) => Other.create(slipway, slug)),
    );
    const answers = await Promise.all([
      slipway.call('DELETE', path('acme')),
      ...others.map((other) => other.call('DELETE')),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 202, 202, 400]);
  });
});

describe('with a worker', () => {
  const slipway = useSlipway();

  it('the workflow waits in sight, ends when it is taken back, and starts anew', async () => {
    const other = await Other.create(slipway, 'waiting');
    await other.call('DELETE');
    const first = await other.workflow.describe();
    expect(first).toMatchObject({ status: { name: 'RUNNING' } });
    await other.restore();
    expect(await other.workflow.result()).toEqual({ outcome: 'takenBack', rows: 0 });
    await other.call('DELETE');
    const second = await other.workflow.describe();
    expect(second.runId).not.toBe(first.runId);
    expect(second.status.name).toBe('RUNNING');
    await other.workflow.terminate();
  });
});

describe('while Temporal cannot be reached', () => {
  const slipway = useSlipway({ temporalAddress: '127.0.0.1:1' });

  it('a deletion is accepted, and the reconciler starts it when its time has come', async () => {
    const other = await Other.create(slipway, 'stranded');
    expect((await other.call('DELETE')).status).toBe(202);
    const { client } = slipway.temporal;
    const logger = createLogger('test', 'silent');
    const start = () => startPendingDeletions({ pool: slipway.pool, client, logger });
    expect(await start()).toEqual({ started: 0 });
    await slipway.pool.query(
      "update scheduled_deletion set date_scheduled = now() - interval '31 seconds' where object_id = $1",
      [other.tenant.organizationId],
    );
    expect(await start()).toEqual({ started: 1 });
    expect(await other.workflow.result()).toMatchObject({ outcome: 'deleted' });
    expect((await other.call('GET')).status).toBe(404);
    const created = await slipway.call('POST', '/api/0/organizations/', {
      body: { name: 'Again', slug: 'stranded' },
    });
    expect(created.status).toBe(201);
  });
});
