import { AppError, notFound } from '../../../domain/errors.ts';
import { formatDateTime } from '../../../domain/dateTime.ts';
import { releaseWorkflowId } from '../../../domain/operation.ts';
import type { Operation } from '../../../db/operations/findOperation.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOwnOrganization } from '../../access/requireOwnOrganization.ts';
import type { AppContext } from '../../context.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { describeOutcome } from '../../mailbox/submitOperation.ts';
import { formatOrNull } from '../../serializers/formatOrNull.ts';
import { isUuid } from '../../validation/isUuid.ts';

/** Where a 202 points to: what became of the write (decisions 9). */
export const getOperation = route({
  name: 'getOperation',
  method: 'GET',
  path: '/api/slipway/v1/operations/{id}',
  summary: 'A write, whether it is applied, and what the synchronous call would have answered',
  access: releaseScopes.read,
  responses: { 200: 'The operation', 404: 'No such operation in your organizations' },
  handle: async (request, context) => {
    const id = request.param('id');
    const operation = isUuid(id) ? await context.mailbox.find(id) : null;
    if (operation === null) throw notFound();
    const access = await requireOwnOrganization(
      request,
      context,
      releaseScopes.read,
      operation.release.organizationId,
    );
    return ok(await serializeOperation(context, operation, access.organization.slug));
  },
});

async function serializeOperation(
  context: AppContext,
  operation: Operation,
  organization: string,
): Promise<Record<string, unknown>> {
  const { release, outcome } = operation;
  const workflowId = releaseWorkflowId(release);
  const failure = outcome !== null && 'error' in outcome ? outcome : null;
  const first = operation.response as ApiResponse | null;
  const answer =
    outcome === null || failure !== null
      ? null
      : (first ?? (await describeIfThere(context, operation)));
  return {
    id: operation.id,
    kind: operation.kind,
    organization,
    release: release.version,
    status: operation.status,
    createdAt: formatDateTime(operation.createdAt),
    finishedAt: formatOrNull(operation.finishedAt),
    attempts: operation.attempts,
    outcome: answer === null ? null : { status: answer.status, body: answer.body ?? null },
    error: failure === null ? null : { status: failure.status, detail: detailOf(failure.error) },
    workflow: { id: workflowId, url: workflowUrl(context, workflowId) },
  };
}

/** What went wrong: a sentence where there is one, else the errors by field. */
function detailOf(error: Readonly<Record<string, unknown>>): unknown {
  return typeof error['detail'] === 'string' ? error['detail'] : error;
}

/** Applied, but the release may have been deleted since: then only the status is left. */
async function describeIfThere(
  context: AppContext,
  { outcome, status }: Operation,
): Promise<ApiResponse | null> {
  if (outcome === null || status === 'pending') return null;
  try {
    return await describeOutcome(context, outcome);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { status: outcome.status };
  }
}

function workflowUrl({ config }: AppContext, workflowId: string): string | null {
  return config.temporalUiUrl === null
    ? null
    : `${config.temporalUiUrl}/namespaces/${encodeURIComponent(config.temporalNamespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
