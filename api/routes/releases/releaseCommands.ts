import { fieldError } from '../../../domain/errors.ts';
import { normaliseRefs, type HeadCommitInput, type RefInput } from '../../../domain/commitRange.ts';
import type { ReleaseStep } from '../../../domain/operation.ts';
import type {
  CreateReleaseCommand,
  OperationBody,
  UpdateReleaseCommand,
} from '../../../domain/releaseCommands.ts';
import type { CommitInput } from '../../../domain/commitList.ts';
import { findOwner } from '../../../db/findOwner.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { UNKNOWN_OWNER_MESSAGE } from '../../validation/releaseBodies.ts';

/** What the bodies of creation and update have in common after validation. */
type CommonBody = Readonly<{
  ref?: string | null | undefined;
  url?: string | null | undefined;
  dateReleased?: string | null | undefined;
  status?: 'open' | 'archived' | undefined;
}>;

type ListsBody = Readonly<{
  commits?: readonly CommitInput[] | undefined;
  refs?: readonly RefInput[] | undefined;
  headCommits?: readonly HeadCommitInput[] | undefined;
}>;

/** The column is that long; the rest of a longer header says nothing more. */
const USER_AGENT_LENGTH_MAX = 256;

export async function createCommand(
  request: ApiRequest,
  context: AppContext,
  access: OrganizationAccess,
  body: CommonBody & Readonly<{ owner?: string | number | undefined }>,
  projectIds: readonly string[],
  family: CreateReleaseCommand['family'],
): Promise<CreateReleaseCommand> {
  return {
    projectIds,
    family,
    ref: body.ref ?? null,
    url: presence(body.url),
    ownerId: body.owner === undefined ? null : await requireOwner(context, access, body.owner),
    dateReleased: body.dateReleased ?? null,
    status: body.status ?? null,
    userAgent: request.header('user-agent')?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
  };
}

/** Only values that say something count: null and blank never clear a field (releases-api 3.4). */
export function updateCommand(body: CommonBody, projectId: string | null): UpdateReleaseCommand {
  return {
    ref: presence(body.ref),
    url: presence(body.url),
    dateReleased: body.dateReleased ?? null,
    status: body.status ?? null,
    projectId,
  };
}

/**
 * The steps behind the first one that commit lists and refs ask for. `refs: []` clears on PUT, also right after
 * commits were set in the same request, and means nothing on POST (releases-api 3.1, 3.4).
 */
export function listSteps(
  body: ListsBody,
  options: Readonly<{ canClear: boolean }>,
): Readonly<{ steps: ReleaseStep[]; body: OperationBody }> {
  const commits = body.commits ?? [];
  const refs = normaliseRefs(body.refs, body.headCommits);
  const steps: ReleaseStep[] = [];
  if (commits.length > 0) steps.push('setCommits');
  if (refs.length > 0) steps.push('setRefs');
  else if (options.canClear && body.refs !== undefined) steps.push('clearCommits');
  return {
    steps,
    body: {
      ...(commits.length > 0 ? { setCommits: { commits } } : {}),
      ...(refs.length > 0 ? { setRefs: { refs, fetch: commits.length === 0 } } : {}),
    },
  };
}

/** An update that changes no field of its own leaves the step out, unless it would be the only one. */
export function updateSteps(
  command: UpdateReleaseCommand,
  steps: readonly ReleaseStep[],
): ReleaseStep[] {
  const { ref, url, dateReleased, status } = command;
  const changes = [ref, url, dateReleased, status].some((value) => value !== null);
  return changes || steps.length === 0 ? ['updateRelease', ...steps] : [...steps];
}

async function requireOwner(
  context: AppContext,
  { organization }: OrganizationAccess,
  owner: string | number,
): Promise<string> {
  const found = await findOwner(context.pool, organization.id, String(owner));
  if (found === null) throw fieldError('owner', UNKNOWN_OWNER_MESSAGE);
  if (!found.isMember) throw fieldError('owner', 'User does not have access to this organization');
  return found.id;
}

function presence(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
