import { notFound } from '../../domain/errors.ts';
import type { AccessibleProject } from '../../db/access.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { OrganizationAccess } from './organizationAccess.ts';
import { accessibleProjects } from './resolveProjects.ts';

/** A project of the path that the caller may use; 404 also for one that only others may (releases-api 3.6). */
export async function requireProject(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<AccessibleProject> {
  const [project] = await accessibleProjects(context, access, 'wide', [request.param('project')]);
  if (project === undefined) throw notFound();
  return project;
}
