import { organizationScopes } from '../../access/organizationScopes.ts';
import { requireKnownOrganization } from '../../access/requireKnownOrganization.ts';
import { forbidden } from '../../access/requireScope.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { organizationDetails } from './organizationDetails.ts';

/** Every command of the `sentry` CLI starts with it, so any scope sees the summary (decisions 16). */
export const getOrganization = route({
  name: 'getOrganization',
  method: 'GET',
  path: '/api/0/organizations/{organization}/',
  summary: 'An organization; with org:read also its settings, projects and teams',
  access: 'authenticated',
  query: {
    detailed: '0 leaves projects and teams out.',
    include_feature_flags: '1 changes nothing: the features are always there.',
  },
  responses: {
    200: 'The organization',
    403: 'The token has no scope',
    404: 'No such organization',
  },
  handle: async (request, context) => {
    const access = await requireKnownOrganization(request, context, null);
    if (access.scopes.length === 0) throw forbidden('The token has no scope in this organization.');
    const isReader = organizationScopes.read.some((scope) => access.scopes.includes(scope));
    return ok(
      isReader
        ? await organizationDetails(context, access, request.query.get('detailed') !== '0')
        : await serializeOne('organization', access.organization, context),
    );
  },
});
