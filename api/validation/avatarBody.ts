import { z } from 'zod';

/** For the documentation: the reading of a picture says what is wrong with it. */
export const avatarSchema = z.object({
  avatar_type: z.enum(['letter_avatar', 'upload', 'gravatar']).optional(),
  avatar_photo: z.base64().optional(),
});
