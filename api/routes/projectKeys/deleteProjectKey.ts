import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { deleteProjectKey as removeProjectKey } from '../../../db/projectKeys.ts';
import { notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { keyAuditData, requireProjectKey } from './projectKeyAccess.ts';

export const deleteProjectKey = route({
  name: 'deleteProjectKey',
  method: 'DELETE',
  path: '/api/0/projects/{organization}/{project}/keys/{key}/',
  summary: 'End a key of a project at once',
  access: projectScopes.delete,
  responses: {
    204: 'What is sent with it is refused',
    302: 'The project was renamed',
    404: 'No such key',
  },
  handle: async (request, context) => {
    const { access, key } = await requireProjectKey(request, context, projectScopes.delete);
    await transaction(context.pool, async (tx) => {
      if (!(await removeProjectKey(tx, key.id))) throw notFound();
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'projectkey.remove',
        actor: auditActor(request),
        targetObject: key.id,
        data: keyAuditData(key),
      });
    });
    return noContent();
  },
});
