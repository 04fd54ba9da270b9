import { formatDateTime } from '../../domain/dateTime.ts';
import type { AuthorView, UserView } from '../../db/releases/releaseView.ts';

/** A person with an account, as embedded in other objects. */
export function serializeUser(user: UserView): Record<string, unknown> {
  return {
    id: user.id,
    name: user.name === '' ? user.username : user.name,
    username: user.username,
    email: user.email ?? '',
    avatarUrl: null,
    isActive: user.isActive,
    dateJoined: formatDateTime(user.dateJoined),
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
  };
}

/** A commit author: the user it belongs to, else name and e-mail; `{}` when there is none (releases-api 13.4). */
export function serializeAuthor(author: AuthorView | null): Record<string, unknown> {
  if (author === null) return {};
  if (author.user !== null) return serializeUser(author.user);
  return { name: author.name, email: author.email };
}
