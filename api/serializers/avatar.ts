import type { AvatarOwner, AvatarView } from '../../db/avatars.ts';

/** What stands for somebody without a picture: their letters, which clients draw themselves. */
export const letterAvatar = { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null };

/** Where the pictures of a kind of owner are. */
export const avatarPaths: Readonly<Record<AvatarOwner['kind'], string>> = {
  organization: '/organization-avatar/',
  user: '/avatar/',
};

/** The avatar of an owner as embedded in it (groups-projects-orgs 4.6). */
export function serializeAvatar(
  kind: AvatarOwner['kind'],
  avatar: AvatarView | null,
  publicUrl: string,
): Record<string, unknown> {
  if (avatar === null) return letterAvatar;
  const { type, ident, hasImage } = avatar;
  return {
    avatarType: type,
    avatarUuid: hasImage ? ident : null,
    avatarUrl: hasImage ? `${publicUrl}${avatarPaths[kind]}${ident}/` : null,
  };
}
