import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { deactivateOrganizationToken } from '../../../db/tokens.ts';
import { notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationTokenScopes } from '../../access/organizationScopes.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { requireOrganizationToken } from './requireOrganizationToken.ts';

export const deleteOrganizationToken = route({
  name: 'deleteOrganizationToken',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/org-auth-tokens/{token}/',
  summary: 'End a token of an organization at once',
  access: organizationTokenScopes.delete,
  responses: { 204: 'It no longer works', 404: 'No such active token' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationTokenScopes.delete);
    const { id } = await requireOrganizationToken(request, context, access);
    await transaction(context.pool, async (tx) => {
      const ended = await deactivateOrganizationToken(tx, access.organization.id, id);
      if (ended === null) throw notFound();
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'org-auth-token.remove',
        actor: auditActor(request),
        targetObject: id,
        data: { name: ended.name, scopes: ended.scopes },
      });
    });
    return noContent();
  },
});
