import { renameOrganizationToken } from '../../../db/tokens.ts';
import { badRequest, notFound } from '../../../domain/errors.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationTokenScopes } from '../../access/organizationScopes.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { requireOrganizationToken } from './requireOrganizationToken.ts';
import { organizationTokenSchema, tokenNameProblem } from './tokenBodies.ts';

export const updateOrganizationToken = route({
  name: 'updateOrganizationToken',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/org-auth-tokens/{token}/',
  summary: 'Rename a token of an organization',
  access: organizationTokenScopes.write,
  body: organizationTokenSchema,
  responses: {
    204: 'Renamed',
    400: 'The name is missing or too long',
    404: 'No such active token',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationTokenScopes.write);
    const { id } = await requireOrganizationToken(request, context, access);
    const { name, problem } = tokenNameProblem(await request.body());
    if (problem !== null) throw badRequest(problem);
    if (!(await renameOrganizationToken(context.pool, access.organization.id, id, name))) {
      throw notFound();
    }
    return noContent();
  },
});
