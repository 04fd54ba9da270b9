import { formatDateTime } from '../../domain/dateTime.ts';
import type { CommitView, UserView } from '../../db/releases/releaseView.ts';
import { serializeAuthor } from './author.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { serializePullRequest } from './pullRequest.ts';
import { serializeRepository } from './repository.ts';
import { serializer, type Json } from './serializer.ts';

export const commit = serializer({
  getAttributes: (commits: readonly CommitView[], context) =>
    loadAvatars(context, 'user', commits.flatMap(commitPeople)),
  toJson: serializeCommit,
});

/** Whose avatars a commit shows. */
export function commitPeople(shown: CommitView | null): (UserView | null | undefined)[] {
  return [shown?.author?.user, shown?.pullRequest?.author?.user];
}

/** A commit (releases-api 13.3), also as embedded in releases and issues. */
export function serializeCommit(shown: CommitView, avatars: Avatars): Json {
  return {
    id: shown.key,
    message: shown.message,
    dateCreated: formatDateTime(shown.dateCreated),
    pullRequest:
      shown.pullRequest === null ? null : serializePullRequest(shown.pullRequest, avatars),
    suspectCommitType: '',
    repository: shown.repository === null ? {} : serializeRepository(shown.repository),
    author: serializeAuthor(shown.author, avatars),
  };
}
