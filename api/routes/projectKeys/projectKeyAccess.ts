import { findProjectKey, type ProjectKey } from '../../../db/projectKeys.ts';
import { notFound } from '../../../domain/errors.ts';
import type { Scope } from '../../../domain/scopes.ts';
import { requireOrganization, type OrganizationAccess } from '../../access/organizationAccess.ts';
import { requireProject } from '../../access/requireProject.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';

type KeyAccess = Readonly<{ access: OrganizationAccess; projectId: string; key: ProjectKey }>;

/** The key of the path, which names it by its public key. */
export async function requireProjectKey(
  request: ApiRequest,
  context: AppContext,
  accepted: readonly Scope[],
): Promise<KeyAccess> {
  const access = await requireOrganization(request, context, accepted);
  const { id: projectId } = await requireProject(request, context, access);
  const key = await findProjectKey(context.pool, projectId, request.param('key'));
  if (key === null) throw notFound();
  return { access, projectId, key };
}

/** What an audit entry about a key carries; statuses are numbers there. */
export function keyAuditData(key: ProjectKey): Record<string, unknown> {
  return { label: key.label, public_key: key.publicKey, status: key.isActive ? 0 : 1 };
}
