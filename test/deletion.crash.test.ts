// A worker process that is killed in the middle of a deletion leaves the rest to the next one, which leaves nothing.
import { expect, test, vi } from 'vitest';
import { deletionWorkflowId } from '../workflows/deletionStart.ts';
import { countRows, createFullOrganization, createFullProject } from './support/fullTenant.ts';
import { useSlipway } from './support/slipway.ts';
import { WorkerProcesses } from './support/workerProcess.ts';

const slipway = useSlipway({ worker: false });
const workers = new WorkerProcesses(slipway);

/** More than one chunk, in tables that go before the one at which the worker dies. */
const ROWS_OF_CHUNKS = 2_500;

/** Deletions that wait for a row which somebody else has locked. */
async function waitingDeletions(): Promise<number> {
  const { rows } = await slipway.pool.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%deleteRows_group_%'`,
  );
  return rows[0]!.count;
}

test('a project and an organization whose worker is killed in the middle of a chunk go without a trace', async () => {
  const { pool, tenant, temporal } = slipway;
  const kept = await createFullOrganization(pool, 'kept', tenant.ownerId);
  const before = await countRows(pool);
  const projectId = await createFullProject(pool, kept, 'doomed');
  const organization = await createFullOrganization(pool, 'doomed', tenant.ownerId);
  const projects = [projectId];
  for (const slug of ['web', 'api']) {
    projects.push(await createFullProject(pool, organization, slug));
  }
  await pool.query(
    `insert into activity (project_id, type)
     select project_id, 'note' from unnest($1::bigint[]) as project_id, generate_series(1, $2)`,
    [projects, ROWS_OF_CHUNKS],
  );
  const targets = [
    { model: 'project', id: projectId },
    { model: 'organization', id: organization.organizationId },
  ] as const;
  const handles = targets.map((target) =>
    temporal.client.workflow.getHandle(deletionWorkflowId(target)),
  );

  const blocker = await pool.connect();
  await blocker.query('begin');
  await blocker.query('set local idle_in_transaction_session_timeout = 0');
  await blocker.query('select from group_ for update');
  expect((await slipway.call('DELETE', '/api/0/projects/kept/doomed/')).status).toBe(204);
  expect((await slipway.call('DELETE', '/api/0/organizations/doomed/')).status).toBe(202);
  await pool.query('update scheduled_deletion set date_scheduled = now()');
  const first = workers.start();
  try {
    await vi.waitUntil(async () => (await waitingDeletions()) === 2, 90_000);
    await workers.kill(first);
    const middle = await countRows(pool);
    expect(middle).toMatchObject({ activity: before['activity'], group_: before['group_']! + 3 });
  } finally {
    await blocker.query('rollback');
    blocker.release();
  }

  workers.start();
  const results = await Promise.all(handles.map((handle) => handle.result()));
  for (const result of results) expect(result).toMatchObject({ outcome: 'deleted' });
  expect(await countRows(pool)).toEqual({
    ...before,
    tombstone: before['tombstone']! + 4,
    audit_log: before['audit_log']! + 1,
  });
  for (const handle of handles) {
    const { events } = await handle.fetchHistory();
    const attempts = events!.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0);
    expect(Math.max(...attempts)).toBeGreaterThan(1);
  }
}, 180_000);
