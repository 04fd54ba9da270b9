import { recordTokenProject as storeTokenProject } from '../../db/access.ts';
import type { AppContext } from '../context.ts';
import type { ApiResponse } from '../http/apiResponse.ts';
import type { OrganizationAccess } from './organizationAccess.ts';

/** An organization token remembers the first project of the last successful write (releases-api 1.3). */
export function recordTokenProject(
  context: AppContext,
  { principal }: OrganizationAccess,
  projectId: string | undefined,
  { status }: ApiResponse,
): void {
  if (principal.kind !== 'organization' || projectId === undefined || status >= 400) return;
  // Bookkeeping must not fail or delay the request.
  storeTokenProject(context.pool, principal.tokenId, projectId).catch((error: unknown) => {
    context.logger.warn({ err: error }, 'The last project of a token was not recorded');
  });
}
