import { formatDateTime } from '../../domain/dateTime.ts';
import type { CommitView } from '../../db/releases/releaseView.ts';
import { serializeRepository } from './repository.ts';
import { serializeAuthor } from './user.ts';

/** A commit (releases-api 13.3). */
export function serializeCommit(commit: CommitView): Record<string, unknown> {
  return {
    id: commit.key,
    message: commit.message,
    dateCreated: formatDateTime(commit.dateCreated),
    pullRequest: null,
    suspectCommitType: '',
    repository: commit.repository === null ? {} : serializeRepository(commit.repository),
    author: serializeAuthor(commit.author),
  };
}
