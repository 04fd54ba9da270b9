import { formatDateTime } from '../../domain/dateTime.ts';
import type { ActivityView } from '../../db/groups/readActivity.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { commitPeople, serializeCommit } from './commit.ts';
import { serializePullRequest } from './pullRequest.ts';
import { serializer, type Json, type SerializerContext } from './serializer.ts';
import { serializeUser } from './user.ts';

/** An activity of one issue (groups-projects-orgs 1.2). */
export const activity = serializer({ getAttributes: activityAvatars, toJson: serializeActivity });

export function activityAvatars(
  activities: readonly ActivityView[],
  context: SerializerContext,
): Promise<Avatars> {
  const people = activities.flatMap(({ user, commit, pullRequest }) => [
    user,
    ...commitPeople(commit),
    pullRequest?.author?.user,
  ]);
  return loadAvatars(context, 'user', people);
}

/** Internal ids of commits and pull requests become the objects. */
export function serializeActivity(shown: ActivityView, avatars: Avatars): Json {
  const { user, commit, pullRequest } = shown;
  return {
    id: shown.id,
    type: shown.type,
    user: user === null ? null : serializeUser(user, avatars),
    data: {
      ...shown.data,
      ...(commit === null ? {} : { commit: serializeCommit(commit, avatars) }),
      ...(pullRequest === null ? {} : { pullRequest: serializePullRequest(pullRequest, avatars) }),
    },
    dateCreated: formatDateTime(shown.dateAdded),
  };
}
