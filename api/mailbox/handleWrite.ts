import { timingSafeEqual } from 'node:crypto';
import { findOperationByKey } from '../../db/operations/findOperation.ts';
import type { Scope } from '../../domain/scopes.ts';
import { requireOrganization, type OrganizationAccess } from '../access/organizationAccess.ts';
import { recordTokenProject } from '../access/recordTokenProject.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { ApiResponse } from '../http/apiResponse.ts';
import type { Route } from '../http/route.ts';
import { hashRequest, readIdempotencyKey } from '../idempotency/idempotencyKey.ts';
import { submitOperation, type Submission } from './submitOperation.ts';

/** Checks a request and says what is to be done; throws what the client did wrong. */
export type PrepareWrite = (
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
) => Promise<Submission>;

/** The handler of every write: organization and scopes, then the repeat of a keyed request, then the mailbox. */
export function handleWrite(accepted: readonly Scope[], prepare: PrepareWrite): Route['handle'] {
  return async (request, context) => {
    const access = await requireOrganization(request, context, accepted);
    const repeated = await findRepeat(request, context, access);
    if (repeated !== null) return repeated;
    const submission = await prepare(request, context, access);
    const response = await submitOperation(request, context, access, submission);
    recordTokenProject(context, access, submission.projectId, response);
    return response;
  };
}

/**
 * The answer that this request had before under the same key. Looked for before anything else: the release may have
 * gone since, by the very request that is repeated. What waits or differs is left to the mailbox.
 */
async function findRepeat(
  request: ApiRequest,
  context: AppContext,
  { organization }: OrganizationAccess,
): Promise<ApiResponse | null> {
  const key = readIdempotencyKey(request);
  if (key === null) return null;
  const earlier = await findOperationByKey(context.pool, organization.id, key);
  if (earlier === null || !timingSafeEqual(earlier.bodyHash, await hashRequest(request))) {
    return null;
  }
  return earlier.response as ApiResponse | null;
}
