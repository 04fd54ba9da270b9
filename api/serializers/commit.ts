import { formatDateTime } from '../../domain/dateTime.ts';
import type { CommitView } from '../../db/releases/releaseView.ts';
import { serializeAuthor } from './author.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { serializeRepository } from './repository.ts';
import { serializer, type Json } from './serializer.ts';

export const commit = serializer({
  getAttributes: (commits: readonly CommitView[], context) =>
    loadAvatars(
      context,
      'user',
      commits.map(({ author }) => author?.user),
    ),
  toJson: serializeCommit,
});

/** A commit (releases-api 13.3), also as embedded in releases and issues. */
export function serializeCommit(shown: CommitView, avatars: Avatars): Json {
  return {
    id: shown.key,
    message: shown.message,
    dateCreated: formatDateTime(shown.dateCreated),
    pullRequest: null,
    suspectCommitType: '',
    repository: shown.repository === null ? {} : serializeRepository(shown.repository),
    author: serializeAuthor(shown.author, avatars),
  };
}
