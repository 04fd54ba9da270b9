import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { createProjectKey as insertProjectKey } from '../../../db/projectKeys.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { projectKeySchema } from '../../validation/projectKeyBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { keyAuditData } from './projectKeyAccess.ts';

const PUBLIC_KEY_HEX_DIGITS = 32;

const DEFAULT_LABEL = 'Default';

export const createProjectKey = route({
  name: 'createProjectKey',
  method: 'POST',
  path: '/api/0/projects/{organization}/{project}/keys/',
  summary: 'Give a project another key, to use for an application of its own or to change keys',
  access: projectScopes.write,
  body: projectKeySchema,
  responses: {
    201: 'The key with its DSN',
    302: 'The project was renamed',
    400: 'The body is wrong',
    404: 'No such project',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.write);
    const { id: projectId } = await requireProject(request, context, access);
    const { name, label, isActive = true } = validateBody(projectKeySchema, await request.body());
    const key = await transaction(context.pool, async (tx) => {
      const created = await insertProjectKey(tx, {
        projectId,
        publicKey: randomHex(PUBLIC_KEY_HEX_DIGITS),
        // A blank name is none.
        label: [name, label].find((given) => (given ?? '') !== '') ?? DEFAULT_LABEL,
        isActive,
      });
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'projectkey.create',
        actor: auditActor(request),
        targetObject: created.id,
        data: keyAuditData(created),
      });
      return created;
    });
    const body = await serializeOne('projectKey', key, context, { projectId });
    return { status: 201, body };
  },
});
