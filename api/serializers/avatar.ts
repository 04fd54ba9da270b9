import type { AvatarOwnerKind, AvatarView } from '../../db/avatars.ts';

/** What stands for somebody without a picture: their letters, which clients draw themselves. */
export const letterAvatar = { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null };

/** Where the pictures of a kind of owner are. */
const avatarPaths: Readonly<Record<AvatarOwnerKind, string>> = {
  organization: '/organization-avatar/',
  user: '/avatar/',
  team: '/team-avatar/',
  project: '/project-avatar/',
};

/** Gravatar draws something for those whom it does not know, instead of failing. */
const GRAVATAR = { address: 'https://gravatar.com/avatar/', query: '?d=identicon' };

/** The avatar of an owner as embedded in it (groups-projects-orgs 4.6). */
export function serializeAvatar(
  kind: AvatarOwnerKind,
  avatar: AvatarView | null,
  publicUrl: string,
): Record<string, unknown> {
  if (avatar === null) return letterAvatar;
  const { type, ident, hasImage, gravatarHash } = avatar;
  if (type === 'gravatar') {
    const url =
      gravatarHash === null ? null : `${GRAVATAR.address}${gravatarHash}${GRAVATAR.query}`;
    return { avatarType: type, avatarUuid: null, avatarUrl: url };
  }
  return {
    avatarType: type,
    avatarUuid: hasImage ? ident : null,
    avatarUrl: hasImage ? `${publicUrl}${avatarPaths[kind]}${ident}/` : null,
  };
}
