import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { updateProjectKey as storeProjectKey } from '../../../db/projectKeys.ts';
import { notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { projectKeySchema } from '../../validation/projectKeyBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { keyAuditData, requireProjectKey } from './projectKeyAccess.ts';

export const updateProjectKey = route({
  name: 'updateProjectKey',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/keys/{key}/',
  summary: 'Rename a key, or switch it off and on: what is sent with one that is off is refused',
  access: projectScopes.write,
  body: projectKeySchema,
  responses: {
    200: 'The key',
    302: 'The project was renamed',
    400: 'The body is wrong',
    404: 'No such key',
  },
  handle: async (request, context) => {
    const { access, key, projectId } = await requireProjectKey(
      request,
      context,
      projectScopes.write,
    );
    const { name, label, isActive } = validateBody(projectKeySchema, await request.body());
    const changed = await transaction(context.pool, async (tx) => {
      const after = await storeProjectKey(tx, key.id, {
        label: [name, label].find((given) => (given ?? '') !== '') ?? undefined,
        isActive,
      });
      if (after === null) throw notFound();
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'projectkey.edit',
        actor: auditActor(request),
        targetObject: key.id,
        data: keyAuditData(after),
      });
      return after;
    });
    return ok(await serializeOne('projectKey', changed, context, { projectId }));
  },
});
