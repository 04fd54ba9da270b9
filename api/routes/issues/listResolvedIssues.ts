import { notFound } from '../../../domain/errors.ts';
import type { AccessibleProject } from '../../../db/access.ts';
import { listResolvedGroups } from '../../../db/groups/readGroups.ts';
import {
  accessesAllProjects,
  requireOrganization,
  type OrganizationAccess,
} from '../../access/organizationAccess.ts';
import { organizationScopes, projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { accessibleProjects } from '../../access/resolveProjects.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize } from '../../serializers/serialize.ts';

const responses = { 200: 'The issues', 404: 'No such release' } as const;

export const listResolvedIssues = route({
  name: 'listResolvedIssues',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/resolved/',
  summary: 'Issues that a release resolves',
  access: organizationScopes.read,
  responses,
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.read);
    const projects = await accessibleProjects(context, access, 'wide', null);
    const ids = new Set(projects.map(({ id }) => id));
    return resolvedIssues(
      request,
      context,
      access,
      projects,
      (linked) =>
        // Whoever may see none of its projects learns nothing of a release.
        accessesAllProjects(access, 'wide') || linked.some(({ id }) => ids.has(id)),
    );
  },
});

export const listProjectResolvedIssues = route({
  name: 'listProjectResolvedIssues',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/releases/{version}/resolved/',
  summary: 'Issues of a project that a release resolves',
  access: projectScopes.read,
  responses,
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.read);
    const project = await requireProject(request, context, access);
    return resolvedIssues(request, context, access, [project]);
  },
});

async function resolvedIssues(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  projects: readonly AccessibleProject[],
  isVisible: (linked: readonly Readonly<{ id: string }>[]) => boolean = () => true,
): Promise<ApiResponse> {
  const key = { organizationId: access.organization.id, version: request.param('version') };
  const found = await context.lookups.releaseProjects(key);
  const releaseId = found?.releaseId ?? null;
  if (found === null || releaseId === null || !isVisible(found.projects)) throw notFound();
  const projectIds = projects.map(({ id }) => id);
  await context.ingest.counts.settle();
  const groups = await listResolvedGroups(context.pool, releaseId, projectIds);
  return ok(await serialize('issue', groups, context, { access }));
}
