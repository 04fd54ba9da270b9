import { notFound } from '../../domain/errors.ts';
import type { ReleaseProjects } from '../../db/releases/findReleaseProjects.ts';
import { findRelease } from '../../db/releases/readReleases.ts';
import type { ReleaseView } from '../../db/releases/releaseView.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { OrganizationAccess } from './organizationAccess.ts';
import {
  coversAll,
  hasReleasePermission,
  resolveProjects,
  type ProjectSet,
} from './resolveProjects.ts';

/** A release that the caller may see: at least one of its projects is in the caller's set (releases-api 1.3). */
export async function requireRelease(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<Readonly<{ release: ReleaseView; projects: ProjectSet }>> {
  const [release, projects] = await Promise.all([
    findRelease(context.pool, access.organization.id, request.param('version')),
    resolveProjects(context, access, request.query, 'wide'),
  ]);
  if (release === null || !hasReleasePermission(projects, release)) throw notFound();
  return { release, projects };
}

/** A release that the caller may change: every one of its projects is in the caller's set (releases-api 1.3). */
export async function requireWritableRelease(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
): Promise<ReleaseProjects & Readonly<{ version: string }>> {
  const version = request.param('version');
  const [found, projects] = await Promise.all([
    context.lookups.releaseProjects({ organizationId: access.organization.id, version }),
    resolveProjects(context, access, request.query, 'wide'),
  ]);
  if (found === null || !coversAll(projects, found.projects)) throw notFound();
  return { ...found, version };
}
