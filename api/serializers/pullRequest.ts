import { formatDateTime } from '../../domain/dateTime.ts';
import type { PullRequestView } from '../../db/releases/releaseView.ts';
import { serializeAuthor } from './author.ts';
import type { Avatars } from './avatars.ts';
import { serializeRepository } from './repository.ts';
import type { Json } from './serializer.ts';

/** A pull request, as embedded in commits and timelines (releases-api 13.3). */
export function serializePullRequest(shown: PullRequestView, avatars: Avatars): Json {
  return {
    id: shown.key,
    title: shown.title,
    message: shown.message,
    dateCreated: formatDateTime(shown.dateCreated),
    repository: serializeRepository(shown.repository),
    author: serializeAuthor(shown.author, avatars),
    externalUrl: null,
  };
}
