import { formatDateTime } from '../../domain/dateTime.ts';
import type { SyncView } from '../../db/sync/readSync.ts';
import { formatOrNull } from './formatOrNull.ts';
import { rowSerializer } from './serializer.ts';

/** How much of the range the release has, in one word, with the figures behind it. */
export const sync = rowSerializer((shown: SyncView) => {
  const { outcome } = shown;
  return {
    repository: { id: shown.repositoryId, name: shown.repositoryName },
    state: shown.state,
    head: shown.head,
    base: {
      sha: outcome?.base ?? shown.previousHead,
      source: shown.baseSource,
      choice: outcome?.baseChoice ?? null,
      note: outcome?.baseNote ?? null,
    },
    completeness: completeness(shown),
    commits: outcome === null ? null : { fetched: outcome.listed, total: outcome.total },
    limits: outcome?.limits ?? [],
    attempt: shown.attempt,
    lastError: shown.lastError,
    nextTry: formatOrNull(shown.nextTryAt),
    waitUntil: shown.state === 'waiting_for_push' ? formatOrNull(shown.waitUntil) : null,
    requestedAt: formatDateTime(shown.dateRequested),
    updatedAt: formatDateTime(shown.dateUpdated),
    operation: shown.operationId,
    workflow: `fetch:${shown.releaseId}:${shown.operationId}`,
  };
});

function completeness({ state }: SyncView): 'complete' | 'partial' | 'unknown' {
  return state === 'complete' || state === 'partial' ? state : 'unknown';
}
