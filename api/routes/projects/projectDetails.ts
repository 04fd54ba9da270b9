import { listProjects } from '../../../db/organizationLists.ts';
import { findProjectSettings } from '../../../db/projectSettings.ts';
import { notFound } from '../../../domain/errors.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import { serializeOne } from '../../serializers/serialize.ts';

/** An active project with its settings, its teams and, unless it is left out, its organization. */
export async function projectDetails(
  context: AppContext,
  access: OrganizationAccess,
  projectId: string,
  options: Readonly<{ withOrganization: boolean }>,
): Promise<Record<string, unknown>> {
  const [[project], settings] = await Promise.all([
    listProjects(
      context.pool,
      { organizationId: access.organization.id, memberId: access.memberId, ids: [projectId] },
      { offset: 0, limit: 1 },
    ),
    findProjectSettings(context.pool, projectId),
  ]);
  if (project === undefined || settings === null) throw notFound();
  const organization = options.withOrganization ? access.organization : null;
  return serializeOne('projectDetails', { project, settings, organization }, context);
}
