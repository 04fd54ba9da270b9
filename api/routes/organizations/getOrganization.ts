import { listProjects } from '../../../db/organizationLists.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { forbidden } from '../../access/requireScope.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOrganization } from '../../serializers/organization.ts';
import { serializeProject } from '../../serializers/project.ts';

/** Embedding more would make every `sentry` command, which starts here, carry all of it. */
const EMBEDDED_PROJECTS_MAX = 100;

/** Every command of the `sentry` CLI starts with it, so any scope sees the summary (decisions 16). */
export const getOrganization = route({
  name: 'getOrganization',
  method: 'GET',
  path: '/api/0/organizations/{organization}/',
  summary: 'An organization; with org:read also its projects',
  access: 'authenticated',
  query: { detailed: '0 leaves the projects out.' },
  responses: {
    200: 'The organization',
    403: 'The token has no scope',
    404: 'No such organization',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, null);
    if (access.scopes.length === 0) throw forbidden('The token has no scope in this organization.');
    const summary = serializeOrganization(access.organization);
    const isDetailed =
      request.query.get('detailed') !== '0' &&
      organizationScopes.read.some((scope) => access.scopes.includes(scope));
    if (!isDetailed) return ok(summary);
    const projects = await listProjects(
      context.pool,
      { organizationId: access.organization.id, memberId: access.memberId, ids: null },
      { offset: 0, limit: EMBEDDED_PROJECTS_MAX },
    );
    return ok({
      ...summary,
      openMembership: access.organization.openMembership,
      role: access.role,
      orgRole: access.role,
      access: access.scopes,
      projects: projects.map(serializeProject),
    });
  },
});
