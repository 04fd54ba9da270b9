/** What stands for somebody without a picture: their letters, which clients draw themselves. */
export const letterAvatar = { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null };
