import { notFound } from '../../domain/errors.ts';
import type { ReleaseKey, ReleaseStep } from '../../domain/operation.ts';
import type {
  OperationActor,
  OperationBody,
  OperationOutcome,
  RecordDeployCommand,
} from '../../domain/releaseCommands.ts';
import { isDatabaseOutage } from '../../db/pgErrors.ts';
import { uuidV7 } from '../../infra/uuidV7.ts';
import type { OrganizationAccess } from '../access/organizationAccess.ts';
import type { Principal } from '../access/principal.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { noContent, type ApiResponse } from '../http/apiResponse.ts';
import { hashRequest, readIdempotencyKey } from '../idempotency/idempotencyKey.ts';
import { serializeOne } from '../serializers/serialize.ts';
import type { Settled } from './mailbox.ts';

export type Submission = Readonly<{
  kind: string;
  release: ReleaseKey;
  steps: readonly ReleaseStep[];
  body: OperationBody;
  /** The first project of the request, if an organization token is to remember one (releases-api 1.3). */
  projectId?: string | undefined;
}>;

/**
 * Puts a write into the mailbox of its release and answers with its outcome, or with 202 once the caller has waited
 * long enough.
 */
export async function submitOperation(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  submission: Submission,
): Promise<ApiResponse> {
  const idempotencyKey = readIdempotencyKey(request);
  const settled = await context.mailbox.submit(
    {
      id: uuidV7(),
      release: submission.release,
      kind: submission.kind,
      steps: submission.steps,
      size: submission.body.setCommits?.commits.length ?? 0,
      body: submission.body,
      bodyHash: await hashRequest(request),
      idempotencyKey,
      actor: actorOf(request.principal),
    },
    access.organization.slug,
  );
  if (settled.firstResponse !== null) return settled.firstResponse as ApiResponse;
  if (settled.outcome === null) {
    context.metrics.deferredWrites.inc();
    return accepted(context, settled, submission);
  }
  try {
    const response = await describeOutcome(context, settled.outcome);
    return idempotencyKey === null
      ? response
      : ((await context.mailbox.keepResponse(settled.operationId, response)) as ApiResponse);
  } catch (error) {
    // It is applied; a database that went away since must not make it look refused.
    if (!isDatabaseOutage(error)) throw error;
    context.logger.warn({ err: error }, 'A write was applied, but its answer could not be read');
    return accepted(context, settled, submission);
  }
}

/** What the synchronous call answers for an outcome. */
export async function describeOutcome(
  context: AppContext,
  outcome: OperationOutcome,
): Promise<ApiResponse> {
  if ('error' in outcome) return { status: outcome.status, body: outcome.error };
  if (outcome.status === 204) return noContent();
  if (outcome.deployId !== undefined) {
    const deploy = await context.views.deploy(outcome.deployId);
    if (deploy === undefined) throw notFound();
    return { status: outcome.status, body: await serializeOne('deploy', deploy, context) };
  }
  const release = await context.views.release(outcome.releaseId);
  // Deleted since: the write was applied, but there is nothing left to show.
  if (release === undefined) throw notFound();
  return { status: outcome.status, body: await serializeOne('release', release, context) };
}

/** Durable, not applied yet: enough of a release or deploy for clients that parse the answer (contract, HTTP). */
async function accepted(
  context: AppContext,
  { operationId }: Settled,
  { release, body }: Submission,
): Promise<ApiResponse> {
  return {
    status: 202,
    body:
      body.recordDeploys === undefined
        ? await describeRelease(context, release)
        : describeDeploy(operationId, body.recordDeploys),
    headers: {
      Location: `${context.config.publicUrl}/api/slipway/v1/operations/${operationId}`,
    },
  };
}

async function describeRelease(
  context: AppContext,
  release: ReleaseKey,
): Promise<Record<string, unknown>> {
  try {
    const known = await context.views.releaseByKey(release);
    if (known !== null) return await serializeOne('release', known, context);
  } catch (error) {
    if (!isDatabaseOutage(error)) throw error;
  }
  return {
    version: release.version,
    dateCreated: new Date().toISOString(),
    projects: [],
    newGroups: 0,
  };
}

/** The id of the operation stands in for the one that the deploy will get: the `sentry` CLI wants to print one. */
function describeDeploy(id: string, deploy: RecordDeployCommand): Record<string, unknown> {
  const { environment, dateStarted, dateFinished, name, url } = deploy;
  return { id, environment, dateStarted, dateFinished, name, url };
}

export function actorOf(principal: Principal): OperationActor {
  return {
    kind: principal.kind,
    userId: principal.kind === 'user' ? principal.userId : null,
    tokenId: principal.tokenId,
  };
}
