import type { Viewer } from '../../db/groups/personal.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars } from './avatars.ts';
import { serializer } from './serializer.ts';
import { serializeUser } from './user.ts';

/** Somebody who has looked at an issue, and when. */
export const viewer = serializer({
  getAttributes: (viewers: readonly Viewer[], context) =>
    loadAvatars(
      context,
      'user',
      viewers.map(({ user }) => user),
    ),
  toJson: ({ user, lastSeen }, avatars) => ({
    ...serializeUser(user, avatars),
    lastSeen: formatDateTime(lastSeen),
  }),
});
