import { recordAudit } from '../../../db/auditLog.ts';
import { transaction, type Transaction } from '../../../db/pool.ts';
import type { TeamView } from '../../../db/teamLists.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { projectDetails } from './projectDetails.ts';

/**
 * Changes whether a team has access to a project, and says so in the audit log when that changed anything.
 * @returns the project as it is then.
 */
export async function changeProjectTeam(
  request: ApiRequest,
  context: AppContext,
  event: 'project-team.add' | 'project-team.remove',
  change: (tx: Transaction, projectId: string, team: TeamView) => Promise<boolean>,
): Promise<Record<string, unknown>> {
  const access = await requireOrganization(request, context, projectScopes.write);
  const project = await requireProject(request, context, access);
  const team = await requireTeam(request, context, access);
  await transaction(context.pool, async (tx) => {
    if (!(await change(tx, project.id, team))) return;
    await recordAudit(tx, {
      organizationId: access.organization.id,
      event,
      actor: auditActor(request),
      targetObject: project.id,
      data: { team_slug: team.slug, project_slug: project.slug },
    });
  });
  return projectDetails(context, access, project.id, { withOrganization: true });
}
