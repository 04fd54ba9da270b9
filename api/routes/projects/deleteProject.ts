import { recordAudit } from '../../../db/auditLog.ts';
import { orderDeletion } from '../../../db/deletion/deletionOrders.ts';
import { transaction } from '../../../db/pool.ts';
import { isAwaitingDeletion, markProjectForDeletion } from '../../../db/projectDeletion.ts';
import { AppError } from '../../../domain/errors.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import {
  accessesAllProjects,
  requireOrganization,
  type OrganizationAccess,
} from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { objectSchema } from '../../validation/collections.ts';
import { charField } from '../../validation/fields.ts';
import { isId } from '../../validation/isId.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { projectAuditData } from './projectAuditData.ts';

const PLACEHOLDER_HEX_DIGITS = 32;
const GUID_HEX_DIGITS = 32;

const deletionSchema = objectSchema({ origin: charField({ max: 100 }).optional() });

/** Out of sight at once, gone for good in the background (groups-projects-orgs 3.5). */
export const deleteProject = route({
  name: 'deleteProject',
  method: 'DELETE',
  path: '/api/0/projects/{organization}/{project}/',
  summary: 'Delete a project with all that is in it',
  access: projectScopes.delete,
  body: deletionSchema,
  responses: {
    204: 'It will be gone; also when somebody asked before and the path has its id',
    302: 'The project was renamed',
    404: 'No such project',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.delete);
    const projectId = await findProject(request, context, access);
    if (projectId === null) return noContent();
    const { origin } = validateBody(deletionSchema, await request.body());
    const organizationId = access.organization.id;
    const marked = await transaction(context.pool, async (tx) => {
      const project = await markProjectForDeletion(tx, {
        organizationId,
        id: projectId,
        placeholderSlug: randomHex(PLACEHOLDER_HEX_DIGITS),
      });
      if (project === null) return null;
      const actor = auditActor(request);
      const target = { model: 'project', id: projectId } as const;
      const transactionId = await orderDeletion(tx, target, {
        guid: randomHex(GUID_HEX_DIGITS),
        actorId: actor.userId,
        delayHours: 0,
      });
      await recordAudit(tx, {
        organizationId,
        event: origin === undefined ? 'project.remove' : 'project.remove-with-origin',
        actor,
        targetObject: projectId,
        data: {
          ...projectAuditData({ ...project, status: 'pending_deletion' }),
          transaction_id: transactionId,
          ...(origin === undefined ? {} : { origin }),
        },
      });
      return project;
    });
    if (marked !== null) {
      const { slug } = marked;
      await context.deletions.start({
        model: 'project',
        id: projectId,
        organizationSlug: access.organization.slug,
        slug,
      });
    }
    return noContent();
  },
});

/** The id of an active project; null when the path has the id of one that waits for its deletion already. */
async function findProject(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<string | null> {
  try {
    return (await requireProject(request, context, access)).id;
  } catch (error) {
    const given = request.param('project');
    if (!(error instanceof AppError) || error.code !== 'not_found' || !isId(given)) throw error;
    const memberId = accessesAllProjects(access, 'wide') ? null : access.memberId;
    if (!(await isAwaitingDeletion(context.pool, access.organization.id, memberId, given))) {
      throw error;
    }
    return null;
  }
}
