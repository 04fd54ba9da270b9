import { badRequest } from '../../domain/errors.ts';
import { listAccessibleProjects, type AccessibleProject } from '../../db/access.ts';
import type { AppContext } from '../context.ts';
import { accessesAllProjects, type OrganizationAccess } from './organizationAccess.ts';
import { forbidden } from './requireScope.ts';

/** The projects a request is about: all of the organization, or these. */
export type ProjectSet =
  Readonly<{ all: true }> | Readonly<{ all: false; ids: ReadonlySet<string> }>;

/**
 * - `narrow`: what a caller means without saying so, the projects of their teams; a project that they ask for and
 *   may not use is an error.
 * - `wide`: everything they may use; what they may not is just not in the set.
 */
export type Width = 'narrow' | 'wide';

/** A project may be asked for by id or slug, several times; bounded, because each costs a look-up. */
const REQUESTED_MAX = 200;

/** Projects asked for in the query string, and whether all of them were (releases-api 1.3). */
export function requestedProjects(query: URLSearchParams): 'all' | readonly string[] {
  const bySlug = query.getAll('projectSlug').filter((value) => value !== '');
  const given =
    bySlug.length > 0 ? bySlug : query.getAll('project').filter((value) => value !== '');
  if (given.includes('$all') || (bySlug.length === 0 && given.includes('-1'))) return 'all';
  if (given.length > REQUESTED_MAX)
    throw badRequest(`At most ${REQUESTED_MAX} projects can be asked for.`);
  return given;
}

/** @throws AppError forbidden for a narrow request that names a project which the caller may not use. */
export async function resolveProjects(
  context: AppContext,
  access: OrganizationAccess,
  query: URLSearchParams,
  width: Width,
): Promise<ProjectSet> {
  const requested = requestedProjects(query);
  const isExplicit = requested !== 'all' && requested.length > 0;
  const isWide = width === 'wide' || requested === 'all' || isExplicit;
  if (!isExplicit && accessesAllProjects(access, isWide ? 'wide' : 'narrow')) return { all: true };
  const projects = await context.caches.projectAccess.projects(
    question(access, isWide ? 'wide' : 'narrow', isExplicit ? requested : null),
  );
  if (isExplicit && width === 'narrow' && pickProjects(projects, requested) === null) {
    throw forbidden();
  }
  return { all: false, ids: new Set(projects.map((project) => project.id)) };
}

/** Projects as rows; `names` are ids or slugs, null means all that the width covers. */
export function accessibleProjects(
  context: AppContext,
  access: OrganizationAccess,
  width: Width,
  names: readonly string[] | null,
): Promise<AccessibleProject[]> {
  return listAccessibleProjects(context.pool, question(access, width, names));
}

function question(access: OrganizationAccess, width: Width, names: readonly string[] | null) {
  return {
    organizationId: access.organization.id,
    memberId: accessesAllProjects(access, width) ? null : access.memberId,
    names,
  };
}

/** The projects that ids or slugs stand for, each once; null when one of the names stands for none. */
export function pickProjects<P extends Readonly<{ id: string; slug: string }>>(
  projects: readonly P[],
  names: readonly string[],
): P[] | null {
  const byName = new Map(
    projects.flatMap((project) => [
      [project.id, project],
      [project.slug, project],
    ]),
  );
  const picked = new Set<P>();
  for (const name of names) {
    const project = byName.get(name);
    if (project === undefined) return null;
    picked.add(project);
  }
  return [...picked];
}

/**
 * Whether the caller may see a release: one of its projects is in their set; without a release, whether they may use any
 * project (groups-projects-orgs 6.2). The set is what is remembered for a minute, not this answer: a release that has
 * just been linked to a project is seen at once.
 */
export function hasReleasePermission(
  projects: ProjectSet,
  release: Readonly<{ projects: readonly Readonly<{ id: string }>[] }> | null,
): boolean {
  if (release !== null) return coversSome(projects, release.projects);
  return projects.all || projects.ids.size > 0;
}

export function coversSome(
  projects: ProjectSet,
  linked: readonly Readonly<{ id: string }>[],
): boolean {
  return projects.all || linked.some(({ id }) => projects.ids.has(id));
}

/** A release without projects belongs to those who may use all of them (decisions 1). */
export function coversAll(
  projects: ProjectSet,
  linked: readonly Readonly<{ id: string }>[],
): boolean {
  return projects.all || (linked.length > 0 && linked.every(({ id }) => projects.ids.has(id)));
}
