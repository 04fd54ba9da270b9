import { listOrganizationTokens as findOrganizationTokens } from '../../../db/tokens.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize } from '../../serializers/serialize.ts';

/** The list has no pages (groups-projects-orgs 6.4); nobody who has more tokens still knows what they are for. */
const LISTED_MAX = 1_000;

export const listOrganizationTokens = route({
  name: 'listOrganizationTokens',
  method: 'GET',
  path: '/api/0/organizations/{organization}/org-auth-tokens/',
  summary: 'Active tokens of an organization, last used first',
  access: organizationScopes.read,
  responses: { 200: 'The tokens, without their secrets' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.read);
    const { id } = access.organization;
    const tokens = await findOrganizationTokens(context.pool, id, LISTED_MAX);
    return ok(await serialize('organizationToken', tokens, context));
  },
});
