import { formatDateTime } from '../../domain/dateTime.ts';
import type { SyncView } from '../../db/sync/readSync.ts';

/** All fetches of a release; null when it never asked for one. */
export function serializeSyncs(syncs: readonly SyncView[]): Record<string, unknown> | null {
  if (syncs.length === 0) return null;
  return { state: overallState(syncs), repositories: syncs.map(serializeSync) };
}

/** How much of the range the release has, in one word, with the figures behind it. */
function serializeSync(sync: SyncView): Record<string, unknown> {
  const { outcome } = sync;
  return {
    repository: { id: sync.repositoryId, name: sync.repositoryName },
    state: sync.state,
    head: sync.head,
    base: {
      sha: outcome?.base ?? sync.previousHead,
      source: sync.baseSource,
      choice: outcome?.baseChoice ?? null,
      note: outcome?.baseNote ?? null,
    },
    completeness: completeness(sync),
    commits: outcome === null ? null : { fetched: outcome.listed, total: outcome.total },
    limits: outcome?.limits ?? [],
    attempt: sync.attempt,
    lastError: sync.lastError,
    nextTry: date(sync.nextTryAt),
    waitUntil: sync.state === 'waiting_for_push' ? date(sync.waitUntil) : null,
    requestedAt: formatDateTime(sync.dateRequested),
    updatedAt: formatDateTime(sync.dateUpdated),
    operation: sync.operationId,
    workflow: `fetch:${sync.releaseId}:${sync.operationId}`,
  };
}

/** The state of all repositories together: the one that needs a look most decides. */
function overallState(syncs: readonly SyncView[]): string | null {
  const order = [
    'failed',
    'waiting_for_push',
    'fetching',
    'pending',
    'partial',
    'given_up',
    'complete',
  ];
  return order.find((state) => syncs.some((sync) => sync.state === state)) ?? null;
}

function completeness({ state }: SyncView): 'complete' | 'partial' | 'unknown' {
  return state === 'complete' || state === 'partial' ? state : 'unknown';
}

function date(text: string | null): string | null {
  return text === null ? null : formatDateTime(text);
}
