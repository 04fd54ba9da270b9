import type { AuthorView } from '../../db/releases/releaseView.ts';
import type { Avatars } from './avatars.ts';
import type { Json } from './serializer.ts';
import { serializeUser } from './user.ts';

/** A commit author: the user it belongs to, else name and e-mail; `{}` when there is none (releases-api 13.4). */
export function serializeAuthor(author: AuthorView | null, avatars: Avatars): Json {
  if (author === null) return {};
  if (author.user !== null) return serializeUser(author.user, avatars);
  return { name: author.name, email: author.email };
}
