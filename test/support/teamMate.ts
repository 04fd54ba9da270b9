import { randomUUID } from 'node:crypto';
import type { Scope } from '../../domain/scopes.ts';
import type { TestSlipway } from './slipway.ts';

/** A token of an admin whose only team has this one project, or none. */
export async function teamMateToken(
  { pool, tenant }: TestSlipway,
  projectId: string | null,
  scopes: readonly Scope[],
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    'insert into team (organization_id, slug, name) values ($1, $2, $2) returning id',
    [tenant.organizationId, `team-${randomUUID().slice(0, 8)}`],
  );
  const teamId = rows[0]!.id;
  if (projectId !== null) {
    await pool.query('insert into project_team (project_id, team_id) values ($1, $2)', [
      projectId,
      teamId,
    ]);
  }
  return tenant.userToken(scopes, await tenant.addMember('admin', [teamId]));
}

/** Runs the work while members see no projects but those of their teams. */
export async function withClosedMembership(
  { pool, tenant }: TestSlipway,
  work: () => Promise<void>,
): Promise<void> {
  const set = (isOpen: boolean): Promise<unknown> =>
    pool.query('update organization set open_membership = $2 where id = $1', [
      tenant.organizationId,
      isOpen,
    ]);
  await set(false);
  try {
    await work();
  } finally {
    await set(true);
  }
}
