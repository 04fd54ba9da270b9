import { AppError, notFound } from '../../domain/errors.ts';
import { findProject, type CachedProject } from '../../db/models/project.ts';
import { findMovedProject } from '../../db/projectSettings.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { accessesAllProjects, type OrganizationAccess } from './organizationAccess.ts';

/**
 * A project of the path that the caller may use; 404 also for one that only others may (releases-api 3.6).
 * @throws AppError resource_moved for the slug that a project had before it was renamed (decisions 24).
 */
export async function requireProject(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<CachedProject> {
  const organizationId = access.organization.id;
  const memberId = accessesAllProjects(access, 'wide') ? null : access.memberId;
  const name = request.param('project');
  const [project, reachable] = await Promise.all([
    findProject(request.models, organizationId, name),
    memberId === null
      ? null
      : context.caches.projectAccess.projects({ organizationId, memberId, names: [name] }),
  ]);
  if (project !== null && (reachable === null || reachable.some(({ id }) => id === project.id)))
    return project;
  const slug = await findMovedProject(context.pool, organizationId, memberId, name);
  throw slug === null ? notFound() : projectMoved(request, slug);
}

/** Clients do not follow it: both majors of sentry-cli read the slug, each in another place (clients 2.5). */
function projectMoved(request: ApiRequest, slug: string): AppError {
  const segments = request.path.split('/');
  // /api/0/projects/{organization}/{project}/…
  segments[5] = slug;
  const search = request.query.size === 0 ? '' : `?${request.query.toString()}`;
  const url = segments.join('/') + search;
  const message = 'Resource has been moved';
  return new AppError('resource_moved', message, {
    headers: { Location: url },
    body: { slug, detail: { code: 'resource-moved', message, slug, extra: { url, slug } } },
  });
}
