// Deleting a project over HTTP: out of sight at once, gone for good by a workflow, never half; taking it back.
import { describe, expect, it } from 'vitest';
import { deleteRows } from '../activities/deletion/deleteRows.ts';
import { startPendingDeletions } from '../activities/deletion/startPendingDeletions.ts';
import { createLogger } from '../infra/logger.ts';
import type { TestSlipway } from './support/slipway.ts';
import { useSlipway } from './support/slipway.ts';

const ROWS_OF_THREE_CHUNKS = 2_500;

const path = (project: string): string => `/api/0/projects/acme/${project}/`;
const restorePath = (id: string): string =>
  `/api/slipway/v1/organizations/acme/projects/${id}/restore/`;

/** A project with rows wherever a project of the product leaves some. */
async function createFullProject(slipway: TestSlipway, slug: string): Promise<string> {
  const { pool, tenant } = slipway;
  const created = await slipway.call('POST', '/api/0/teams/acme/crew/projects/', {
    body: { name: slug, slug: `${slug}-before` },
  });
  const id = created.body.id as string;
  await slipway.call('PUT', path(id), {
    body: { slug, isBookmarked: true, resolveAge: 24 },
  });
  await pool.query(
    `with added as (
       insert into release (organization_id, version) values ($1, $2) returning id),
     linked as (
       insert into release_project (release_id, project_id) select id, $3::bigint from added),
     environment as (
       insert into environment (organization_id, name) values ($1, $2) returning id),
     shown as (
       insert into environment_project (environment_id, project_id) select id, $3::bigint from environment)
     insert into release_project_environment (release_id, project_id, environment_id)
     select added.id, $3::bigint, environment.id from added, environment`,
    [tenant.organizationId, slug, id],
  );
  await pool.query(
    `insert into activity (project_id, type, data)
     select $1, 'note', '{}' from generate_series(1, $2)`,
    [id, ROWS_OF_THREE_CHUNKS],
  );
  await pool.query(
    `with grouped as (
       insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at)
       values ($1, 1, 'Oops', now(), now(), now()) returning id),
     hashed as (
       insert into group_hash (project_id, hash, group_id) select $1, '\\x01', id from grouped)
     insert into event (project_id, event_id, group_id, timestamp, data)
     select $1, gen_random_uuid(), grouped.id, now(), '{}' from grouped, generate_series(1, 5)`,
    [id],
  );
  await pool.query(
    'update org_auth_token set project_last_used_id = $1 where organization_id = $2',
    [id, tenant.organizationId],
  );
  return id;
}

/** Rows by table in every column that holds ids of projects, by foreign key or by name. */
async function rowsOf(slipway: TestSlipway, projectId: string): Promise<Record<string, number>> {
  const { rows: columns } = await slipway.pool.query<{ table: string; column: string }>(
    `select relname as table, attname as column
       from pg_class
       join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
        and (attname = 'project_id' or exists (
              select from pg_constraint
               where contype = 'f' and conrelid = pg_class.oid and confrelid = 'project'::regclass
                 and attnum = any(conkey)))
      order by 1, 2`,
  );
  const counts: Record<string, number> = {};
  for (const { table, column } of columns) {
    const { rows } = await slipway.pool.query<{ count: number }>(
      `select count(*)::int from ${table} where ${column} = $1`,
      [projectId],
    );
    if (rows[0]!.count > 0) counts[table] = rows[0]!.count;
  }
  return counts;
}

const orders = async (slipway: TestSlipway, id: string) =>
  (
    await slipway.pool.query('select in_progress from scheduled_deletion where object_id = $1', [
      id,
    ])
  ).rows;

const auditEvents = async (slipway: TestSlipway, id: string) =>
  (
    await slipway.pool.query<{ event: string }>(
      'select event from audit_log where target_object = $1 order by id',
      [id],
    )
  ).rows.map(({ event }) => event);

const untilGone = (slipway: TestSlipway, id: string) =>
  expect
    .poll(async () => (await slipway.call('DELETE', path(id))).status, { timeout: 20_000 })
    .toBe(404);

describe('with a worker', () => {
  const slipway = useSlipway();

  it('a project goes with every row of every table that refers to it, and leaves a tombstone', async () => {
    const id = await createFullProject(slipway, 'doomed');
    const neighbour = await createFullProject(slipway, 'neighbour');
    const before = await rowsOf(slipway, id);
    expect(before).toMatchObject({ activity: ROWS_OF_THREE_CHUNKS, event: 5, slug_redirect: 1 });
    const kept = await rowsOf(slipway, neighbour);

    expect((await slipway.call('DELETE', path('doomed'))).status).toBe(204);
    expect((await slipway.call('GET', path('doomed'))).status).toBe(404);
    await untilGone(slipway, id);

    expect(await rowsOf(slipway, id)).toEqual({});
    expect(await orders(slipway, id)).toEqual([]);
    const { rows } = await slipway.pool.query(
      `select (select count(*)::int from project where id = $1) as projects,
              (select count(*)::int from tombstone where table_name = 'project' and object_id = $1) as tombstones,
              (select count(*)::int from organization_option where key like 'pending-delete:%') as kept`,
      [id],
    );
    expect(rows).toEqual([{ projects: 0, tombstones: 1, kept: 0 }]);
    expect(await rowsOf(slipway, neighbour)).toEqual(kept);
    const handle = slipway.temporal.client.workflow.getHandle(`delete-project:${id}`);
    expect(await handle.result()).toMatchObject({
      outcome: 'deleted',
      rows: expect.any(Number),
    });
  });

  it('twenty deletions of one project at once are one', async () => {
    const id = await createFullProject(slipway, 'crowded');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => slipway.call('DELETE', path(id))),
    );
    for (const { status } of answers) expect([204, 404]).toContain(status);
    await untilGone(slipway, id);
    const events = await auditEvents(slipway, id);
    expect(events.filter((event) => event === 'project.remove')).toHaveLength(1);
  });
});

describe('while no worker runs', () => {
  const slipway = useSlipway({ worker: false });

  it('a project is out of sight, its slug is free, and asking again by id changes nothing', async () => {
    const id = await createFullProject(slipway, 'pending');
    const origin = { body: { origin: 'onboarding' } };
    expect((await slipway.call('DELETE', path('pending'), origin)).status).toBe(204);
    for (const name of ['pending', 'pending-before', id]) {
      expect([name, (await slipway.call('GET', path(name))).status]).toEqual([name, 404]);
    }
    expect((await slipway.call('DELETE', path('pending'))).status).toBe(404);
    expect((await slipway.call('DELETE', path(id))).status).toBe(204);
    expect(await orders(slipway, id)).toEqual([{ in_progress: false }]);
    expect(await auditEvents(slipway, id)).toEqual([
      'project.create',
      'project.edit',
      'project.remove-with-origin',
    ]);
    const listed = await slipway.call('GET', '/api/0/organizations/acme/projects/');
    expect(listed.body.map((project: { id: string }) => project.id)).not.toContain(id);
    const again = await slipway.call('POST', '/api/0/teams/acme/crew/projects/', {
      body: { name: 'Again', slug: 'pending' },
    });
    expect(again.status).toBe(201);
    const { rows } = await slipway.pool.query('select slug, status from project where id = $1', [
      id,
    ]);
    expect(rows).toEqual([
      { slug: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'pending_deletion' },
    ]);
  });

  it('a deletion is taken back with everything, and may be asked for again', async () => {
    const id = await createFullProject(slipway, 'regretted');
    const before = await rowsOf(slipway, id);
    await slipway.call('DELETE', path('regretted'));
    const restored = await slipway.call('POST', restorePath(id));
    expect(restored).toMatchObject({ status: 200, body: { slug: 'regretted', status: 'active' } });
    expect(await rowsOf(slipway, id)).toEqual(before);
    expect(await orders(slipway, id)).toEqual([]);
    expect((await auditEvents(slipway, id)).at(-1)).toBe('project.enable');
    expect((await slipway.call('POST', restorePath(id))).status).toBe(404);
    expect((await slipway.call('DELETE', path('regretted'))).status).toBe(204);
    expect(await orders(slipway, id)).toHaveLength(1);
  });

  it('a project that comes back to a slug that is taken gets another one', async () => {
    const id = await createFullProject(slipway, 'squatted');
    await slipway.call('DELETE', path('squatted'));
    await slipway.call('POST', '/api/0/teams/acme/crew/projects/', {
      body: { name: 'Squatter', slug: 'squatted' },
    });
    const restored = await slipway.call('POST', restorePath(id));
    expect(restored.body.slug).toMatch(/^squatted-[a-z0-9]+$/);
  });

  it('a deletion that has begun cannot be taken back', async () => {
    const id = await createFullProject(slipway, 'begun');
    await slipway.call('DELETE', path('begun'));
    await slipway.pool.query(
      'update scheduled_deletion set in_progress = true where object_id = $1',
      [id],
    );
    expect((await slipway.call('POST', restorePath(id))).status).toBe(409);
  });

  it('an attempt whose time is over says how far it came, and the next one goes on', async () => {
    const id = await createFullProject(slipway, 'long');
    let time = 0;
    const beats: unknown[] = [];
    const attempt = () =>
      deleteRows(
        slipway.pool,
        { model: 'project', id },
        (beat) => beats.push(beat),
        () => (time += 15_000),
      );
    const first = await attempt();
    expect(first.isDone).toBe(false);
    expect(beats.length).toBeGreaterThan(1);
    let last = first;
    for (let round = 0; round < 50 && !last.isDone; round++) last = await attempt();
    expect(last.isDone).toBe(true);
    // What is left goes with the project itself.
    expect(Object.keys(await rowsOf(slipway, id))).toEqual(['org_auth_token']);
  });
});

describe('while Temporal cannot be reached', () => {
  const slipway = useSlipway({ temporalAddress: '127.0.0.1:1' });

  it('a deletion is accepted, and the reconciler starts it', async () => {
    const id = await createFullProject(slipway, 'stranded');
    expect((await slipway.call('DELETE', path('stranded'))).status).toBe(204);
    expect(await orders(slipway, id)).toEqual([{ in_progress: false }]);
    const { client } = slipway.temporal;
    const logger = createLogger('test', 'silent');
    const start = () => startPendingDeletions({ pool: slipway.pool, client, logger });
    expect(await start()).toEqual({ started: 0 });
    await slipway.pool.query(
      "update scheduled_deletion set date_scheduled = date_scheduled - interval '31 seconds' where object_id = $1",
      [id],
    );
    expect(await start()).toEqual({ started: 1 });
    await untilGone(slipway, id);
    expect(await rowsOf(slipway, id)).toEqual({});
  });
});
