import { listEnvironments } from '../../../db/environments.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { listScopes } from '../../access/organizationScopes.ts';
import { resolveProjects } from '../../access/resolveProjects.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize } from '../../serializers/serialize.ts';
import { parseVisibility } from './visibility.ts';

export const listOrganizationEnvironments = route({
  name: 'listOrganizationEnvironments',
  method: 'GET',
  path: '/api/0/organizations/{organization}/environments/',
  summary: 'Environments of the projects that you may use, by name',
  access: listScopes,
  query: {
    visibility: 'visible (default), hidden or all; one project that sees it so is enough.',
    project: 'Id or slug; repeatable.',
  },
  responses: { 200: 'The environments', 400: 'No such visibility' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, listScopes);
    const visibility = parseVisibility(request.query);
    const projects = await resolveProjects(context, access, request.query, 'wide');
    const environments = await listEnvironments(
      context.pool,
      access.organization.id,
      projects.all ? null : [...projects.ids],
      visibility,
    );
    return ok(await serialize('environment', environments, context));
  },
});
