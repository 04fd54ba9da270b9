import { notFound } from '../../../domain/errors.ts';
import { listProjects } from '../../../db/organizationLists.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOrganization } from '../../serializers/organization.ts';
import { serializeProject } from '../../serializers/project.ts';

export const getProject = route({
  name: 'getProject',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/',
  summary: 'A project with its teams',
  access: projectScopes.read,
  query: { collapse: 'organization leaves the organization out.' },
  responses: { 200: 'The project', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const { id } = await requireProject(request, context, access);
    const [project] = await listProjects(
      context.pool,
      { organizationId: access.organization.id, memberId: access.memberId, ids: [id] },
      { offset: 0, limit: 1 },
    );
    if (project === undefined) throw notFound();
    const isCollapsed = request.query.getAll('collapse').includes('organization');
    return ok({
      ...serializeProject(project),
      ...(isCollapsed ? {} : { organization: serializeOrganization(access.organization) }),
    });
  },
});
