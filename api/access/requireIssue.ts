import { AppError, notFound } from '../../domain/errors.ts';
import { parseShortId } from '../../domain/shortId.ts';
import type { Scope } from '../../domain/scopes.ts';
import type { GroupView } from '../../db/groups/groupView.ts';
import {
  findGroupById,
  findGroupByShortId,
  findGroupOrganization,
} from '../../db/groups/readGroups.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { requireOrganization, type OrganizationAccess } from './organizationAccess.ts';
import { accessibleProjects } from './resolveProjects.ts';
import { isId } from '../validation/isId.ts';

export type IssueAccess = Readonly<{ access: OrganizationAccess; group: GroupView }>;

/**
 * An issue of the path, by id or short id, in a project that the caller may use.
 * @throws AppError not_found also for one that only others may see.
 */
export async function requireIssue(
  request: ApiRequest,
  context: AppContext,
  scopes: readonly Scope[],
): Promise<IssueAccess> {
  const access = await requireOrganization(request, context, scopes);
  await context.ingest.counts.settle();
  const name = request.param('issue');
  const shortId = isId(name) ? null : parseShortId(name);
  const group = isId(name)
    ? await findGroupById(context.pool, name)
    : shortId === null
      ? null
      : await findGroupByShortId(context.pool, access.organization.id, shortId);
  return { access, group: await requireVisible(context, access, group) };
}

/** The same for paths without an organization: by id only, and whoever is no member learns nothing of it. */
export async function requireIssueById(
  request: ApiRequest,
  context: AppContext,
  scopes: readonly Scope[],
): Promise<IssueAccess> {
  const id = request.param('issue');
  const organizationId = isId(id) ? await findGroupOrganization(context.pool, id) : null;
  if (organizationId === null) throw notFound();
  const access = await requireOrganization(request, context, scopes, organizationId).catch(
    (error: unknown) => {
      throw error instanceof AppError && error.code === 'forbidden' ? notFound() : error;
    },
  );
  await context.ingest.counts.settle();
  return {
    access,
    group: await requireVisible(context, access, await findGroupById(context.pool, id)),
  };
}

async function requireVisible(
  context: AppContext,
  access: OrganizationAccess,
  group: GroupView | null,
): Promise<GroupView> {
  if (group?.organizationId !== access.organization.id) throw notFound();
  const projects = await accessibleProjects(context, access, 'wide', [group.project.id]);
  if (projects.length === 0) throw notFound();
  return group;
}
