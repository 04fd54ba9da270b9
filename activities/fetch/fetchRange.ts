import { Context } from '@temporalio/activity';
import { normaliseCommits } from '../../domain/commitList.ts';
import { transaction, type Pool } from '../../db/pool.ts';
import type { ReferenceScope } from '../../db/groups/linkCommitReferences.ts';
import { storeCommits } from '../../db/releases/storeCommits.ts';
import { addRangePage, ensureRange, type StoredRange } from '../../db/sync/commitRanges.ts';
import { findFetchJob, updateSync, type FetchJob } from '../../db/sync/fetchState.ts';
import { recordBase } from '../../db/sync/rangeBase.ts';
import { ScmError } from '../../infra/scm/errors.ts';
import type {
  CommitPage,
  ScmContext,
  ScmProvider,
  ScmRepository,
} from '../../infra/scm/provider.ts';
import type { ScmRegistry } from '../../infra/scm/registry.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import { chooseBase } from './chooseBase.ts';
import { failFetch, failForGood } from './failFetch.ts';
import type { FetchResult, FetchTarget } from './fetchActivities.ts';
import { retryDelayMs } from './retryDelay.ts';

export type FetchDependencies = Readonly<{
  pool: Pool;
  scm: ScmRegistry;
  secrets: SecretBox;
  /** Host of the public URL: links to it in commit messages name issues. */
  instanceHost: string;
}>;

/** How long a head that the host does not know is waited for: a pipeline often runs before its push is mirrored. */
export const WAIT_FOR_PUSH_SECONDS = 30 * 60;

type Fetch = Readonly<{
  target: FetchTarget;
  job: FetchJob;
  provider: ScmProvider;
  repository: ScmRepository;
  context: ScmContext;
}>;

/**
 * One attempt to fetch the range of a repository (releases-api 6). Pages are stored as they come, with the cursor of the
 * next one in the same transaction, so that whoever goes on after a crash starts where this attempt ended.
 */
export async function fetchRange(
  deps: FetchDependencies,
  target: FetchTarget,
): Promise<FetchResult> {
  const job = await findFetchJob(deps.pool, target);
  if (job === null || job.state === 'given_up') return { state: 'ended' };
  const { name, isActive } = job.repository;
  const provider = isActive ? deps.scm.find(job.repository.provider) : null;
  if (provider === null) {
    const why = isActive ? 'it has no provider that Slipway can ask' : 'the repository is disabled';
    await failForGood(deps.pool, target, `Commits of ${name} cannot be fetched: ${why}.`);
    return { state: 'ended' };
  }
  const repository = toScmRepository(deps.secrets, job);
  if (repository === null) {
    const reason = `The token of ${name} was stored under another SLIPWAY_SECRET and cannot be read. Set it anew.`;
    await failFetch(deps.pool, target, reason);
    return { state: 'ended' };
  }
  const attempt = job.attempt + 1;
  await updateSync(deps.pool, target, { state: 'fetching', attempt, nextTryInMs: null });
  const { cancellationSignal, heartbeat } = contextOf();
  const context = { signal: cancellationSignal, heartbeat };
  const fetch: Fetch = { target, job, provider, repository, context };
  try {
    return await fetchPages(deps, fetch);
  } catch (error) {
    if (!(error instanceof ScmError)) throw error;
    return settleFailure(deps.pool, target, error, attempt);
  }
}

function contextOf(): { cancellationSignal: AbortSignal; heartbeat: () => void } {
  const context = Context.current();
  return {
    cancellationSignal: context.cancellationSignal,
    heartbeat: () => context.heartbeat(),
  };
}

async function fetchPages(deps: FetchDependencies, fetch: Fetch): Promise<FetchResult> {
  const { target, provider, repository, context, job } = fetch;
  const head = await provider.resolveCommit(repository, job.head, context);
  if ('unknown' in head) {
    await updateSync(deps.pool, target, {
      state: 'waiting_for_push',
      lastError: `The commit ${job.head} is not in ${job.repository.name} yet; waiting for its push.`,
      waitSeconds: WAIT_FOR_PUSH_SECONDS,
    });
    return { state: 'waiting' };
  }
  const base = await resolveBase(deps.pool, fetch);
  const range = await ensureRange(deps.pool, target.repositoryId, base, head.sha);
  if (!range.isFinished) await readPages(deps, fetch, range, { base, head: head.sha });
  await updateSync(deps.pool, target, {
    state: 'fetching',
    lastError: null,
    rangeId: range.id,
  });
  return { state: 'fetched' };
}

/** Chosen at the first attempt, then kept: a release that comes in between must not move the start. */
async function resolveBase(pool: Pool, fetch: Fetch): Promise<string | null> {
  const { target, job, provider, repository, context } = fetch;
  const { wanted, source } = await chooseBase(pool, target, job);
  const resolved =
    wanted === null ? null : await provider.resolveCommit(repository, wanted, context);
  // One that the host does not know goes as it is: the provider says where the range starts instead.
  const sha = resolved !== null && 'sha' in resolved ? resolved.sha : wanted;
  await recordBase(pool, target.releaseId, target.repositoryId, { sha, source });
  return sha;
}

async function readPages(
  { pool, instanceHost }: FetchDependencies,
  { provider, repository, context, job }: Fetch,
  range: StoredRange,
  ends: Readonly<{ base: string | null; head: string }>,
): Promise<void> {
  const scope = { organizationId: job.organizationId, instanceHost };
  let from = range.cursor;
  let position = range.nextPosition;
  for await (const page of provider.listRange(repository, ends, context, range.cursor)) {
    // A provider that could not use the cursor has started over: it has handed out this page and nothing else.
    if (page.outcome.listed === page.commits.length) position = 0;
    const isAdded = await storePage(pool, scope, range.id, page, from, position);
    if (!isAdded) return;
    from = page.cursor;
    position += page.commits.length;
    context.heartbeat();
  }
}

function storePage(
  pool: Pool,
  scope: ReferenceScope,
  rangeId: string,
  page: CommitPage,
  from: string | null,
  position: number,
): Promise<boolean> {
  return transaction(pool, async (tx) => {
    // Given dates would sort the list; a range has its order already.
    const list = normaliseCommits(page.commits, scope.organizationId);
    const ids = await storeCommits(tx, scope, list);
    const idByKey = new Map(list.commits.map((commit, index) => [commit.key, ids[index]]));
    const commitIds = page.commits.flatMap((commit) => idByKey.get(commit.id) ?? []);
    return addRangePage(tx, {
      rangeId,
      from,
      next: page.cursor,
      position,
      commitIds,
      outcome: page.outcome,
    });
  });
}

/** What time may mend is tried again, what it may not ends with its reason, in words. */
async function settleFailure(
  pool: Pool,
  target: FetchTarget,
  error: ScmError,
  attempt: number,
): Promise<FetchResult> {
  if (error.code === 'empty' || error.code === 'unknown_commit') {
    await updateSync(pool, target, {
      state: 'waiting_for_push',
      lastError: error.message,
      waitSeconds: WAIT_FOR_PUSH_SECONDS,
    });
    return { state: 'waiting' };
  }
  if (!error.isRetryable) {
    await failFetch(pool, target, error.message);
    return { state: 'ended' };
  }
  const afterMs = retryDelayMs(attempt, error.retryAfterMs);
  await updateSync(pool, target, {
    state: 'fetching',
    lastError: error.message,
    nextTryInMs: afterMs,
  });
  return { state: 'retry', afterMs };
}

/** Null when the token cannot be read: asking without it would blame the host. */
function toScmRepository(secrets: SecretBox, { repository }: FetchJob): ScmRepository | null {
  const { name, url, apiUrl, externalId, tokenEncrypted } = repository;
  const token = tokenEncrypted === null ? null : secrets.open(tokenEncrypted);
  return tokenEncrypted !== null && token === null
    ? null
    : { name, url, apiUrl, externalId, token };
}
