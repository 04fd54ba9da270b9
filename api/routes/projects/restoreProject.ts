import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { isAwaitingDeletion, restoreProject as takeBack } from '../../../db/projectDeletion.ts';
import { AppError, notFound } from '../../../domain/errors.ts';
import { projectSlugCandidates } from '../../../domain/slugs.ts';
import { randomHex, randomText } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import { accessesAllProjects, requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { projectAuditData } from './projectAuditData.ts';
import { projectDetails } from './projectDetails.ts';
import { isId } from '../../validation/isId.ts';

export const restoreProject = route({
  name: 'restoreProject',
  method: 'POST',
  path: '/api/slipway/v1/organizations/{organization}/projects/{project}/restore/',
  summary: 'Take back the deletion of a project, by its id, while it has not begun',
  access: projectScopes.delete,
  responses: {
    200: 'The project, with its old slug unless somebody has taken it',
    404: 'No such project waits for its deletion',
    409: 'The deletion has begun',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.delete);
    const organizationId = access.organization.id;
    const id = request.param('project');
    const memberId = accessesAllProjects(access, 'wide') ? null : access.memberId;
    const isWaiting =
      isId(id) && (await isAwaitingDeletion(context.pool, organizationId, memberId, id));
    if (!isWaiting) throw notFound();
    await transaction(context.pool, async (tx) => {
      const project = await takeBack(tx, { organizationId, id }, (kept) => [
        kept,
        ...projectSlugCandidates(kept, { hex: randomHex, text: randomText }),
      ]);
      if (project === null) throw new AppError('conflict', 'The deletion has begun.');
      await recordAudit(tx, {
        organizationId,
        event: 'project.enable',
        actor: auditActor(request),
        targetObject: id,
        data: projectAuditData(project),
      });
    });
    return ok(await projectDetails(context, access, id, { withOrganization: true }));
  },
});
