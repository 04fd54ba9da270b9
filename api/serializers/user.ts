import { formatDateTime } from '../../domain/dateTime.ts';
import type { UserView } from '../../db/releases/releaseView.ts';
import { loadAvatars, type Avatars } from './avatars.ts';
import { serializer, type Json } from './serializer.ts';

/** A person with an account. */
export const user = serializer({
  getAttributes: (users: readonly UserView[], context) => loadAvatars(context, 'user', users),
  toJson: serializeUser,
});

/** The same as embedded in other objects. */
export function serializeUser(shown: UserView, avatars: Avatars): Json {
  const avatar = avatars.of(shown.id);
  return {
    id: shown.id,
    name: shown.name === '' ? shown.username : shown.name,
    username: shown.username,
    email: shown.email ?? '',
    avatarUrl: avatar['avatarUrl'],
    isActive: shown.isActive,
    dateJoined: formatDateTime(shown.dateJoined),
    avatar,
  };
}
