import { fieldError } from '../../../domain/errors.ts';
import { accessesAllProjects, type OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';

/** @throws AppError 400 for a project, to copy the settings of, that the caller cannot use. */
export async function requireCopiedProject(
  context: AppContext,
  access: OrganizationAccess,
  id: string | undefined,
): Promise<void> {
  if (id === undefined) return;
  const organizationId = access.organization.id;
  const memberId = accessesAllProjects(access, 'wide') ? null : access.memberId;
  const { projectAccess } = context.caches;
  const usable = await projectAccess.projects({ organizationId, memberId, names: [id] });
  if (usable.length > 0) return;
  throw fieldError('copy_from_project', 'Project to copy settings from not found.');
}
