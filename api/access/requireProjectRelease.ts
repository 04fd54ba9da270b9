import { notFound } from '../../domain/errors.ts';
import { findRelease } from '../../db/releases/readReleases.ts';
import type { ReleaseView } from '../../db/releases/releaseView.ts';
import type { CachedProject } from '../../db/models/project.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { OrganizationAccess } from './organizationAccess.ts';

/** A release through one of its projects; 404 unless it is linked to it (releases-api 3.7). */
export async function requireProjectRelease(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  project: CachedProject,
): Promise<ReleaseView> {
  const release = await findRelease(context.pool, access.organization.id, request.param('version'));
  if (release?.projects.some(({ id }) => id === project.id) !== true) throw notFound();
  return release;
}

/** The version of a release that is linked to the project, or will be once its creation is applied. */
export async function requireWritableProjectRelease(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  project: CachedProject,
): Promise<string> {
  const version = request.param('version');
  const found = await context.lookups.releaseProjects({
    organizationId: access.organization.id,
    version,
  });
  if (found?.projects.some(({ id }) => id === project.id) !== true) throw notFound();
  return version;
}
