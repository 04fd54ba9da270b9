// Deleting leaves nothing behind: every table of the database is counted, and every one that belongs to what is deleted
// has rows in the fixture, so that a table which comes later cannot be forgotten.
import { describe, expect, test } from 'vitest';
import { deletionWorkflowId } from '../workflows/deletionStart.ts';
import { nudgeSignal } from '../workflows/messages.ts';
import {
  countRows,
  createFullOrganization,
  createFullProject,
  tablesBelow,
} from './support/fullTenant.ts';
import { useSlipway } from './support/slipway.ts';

const slipway = useSlipway();

type Counts = Record<string, number>;

/** Tables that have no more rows than before. */
const emptyIn = (tables: readonly string[], before: Counts, after: Counts): string[] =>
  tables.filter((table) => after[table]! <= before[table]!);

const deleted = (model: 'project' | 'organization', id: string): Promise<unknown> =>
  slipway.temporal.client.workflow.getHandle(deletionWorkflowId({ model, id })).result();

test('a project goes with every row of every table that is its own, and with no others', async () => {
  const { pool, tenant } = slipway;
  const organization = await createFullOrganization(pool, 'first', tenant.ownerId);
  await createFullProject(pool, organization, 'neighbour');
  const before = await countRows(pool);
  const projectId = await createFullProject(pool, organization, 'doomed');
  const filled = await countRows(pool);
  const owned = await tablesBelow(pool, 'project', 'owned');
  expect(owned).toContain('resolved_link');
  expect(emptyIn(owned, before, filled), 'rows are missing in test/support/fullTenant.ts').toEqual(
    [],
  );

  expect((await slipway.call('DELETE', '/api/0/projects/first/doomed/')).status).toBe(204);
  expect(await deleted('project', projectId)).toMatchObject({ outcome: 'deleted' });
  expect(await countRows(pool)).toEqual({
    ...before,
    tombstone: before['tombstone']! + 1,
    audit_log: before['audit_log']! + 1,
  });
});

describe('an organization', () => {
  test('goes with every row of every table that hangs on it, however far, and with no others', async () => {
    const { pool, tenant } = slipway;
    const neighbour = await createFullOrganization(pool, 'neighbour', tenant.ownerId);
    await createFullProject(pool, neighbour, 'web');
    const before = await countRows(pool);
    const organization = await createFullOrganization(pool, 'doomed', tenant.ownerId);
    for (const slug of ['web', 'api']) await createFullProject(pool, organization, slug);
    const filled = await countRows(pool);
    const below = await tablesBelow(pool, 'organization', 'any');
    expect(below).toContain('commit_file_change');
    expect(
      emptyIn(below, before, filled),
      'rows are missing in test/support/fullTenant.ts',
    ).toEqual([]);

    const { organizationId: id } = organization;
    // A project that waits for its own deletion goes too, with its order.
    expect((await slipway.call('DELETE', '/api/0/organizations/doomed/')).status).toBe(202);
    await pool.query(
      `insert into scheduled_deletion (guid, model, object_id, date_scheduled)
       select md5(id::text), 'project', id, now() + interval '1 day' from project where organization_id = $1`,
      [id],
    );
    await pool.query('update scheduled_deletion set date_scheduled = now() where object_id = $1', [
      id,
    ]);
    const { client } = slipway.temporal;
    await client.workflow
      .getHandle(deletionWorkflowId({ model: 'organization', id }))
      .signal(nudgeSignal);
    expect(await deleted('organization', id)).toMatchObject({ outcome: 'deleted' });
    expect(await countRows(pool)).toEqual({ ...before, tombstone: before['tombstone']! + 3 });
  });
});
