import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { setAvatar } from './setAvatar.ts';
import { requireSelf, userWithAvatar } from './userAvatar.ts';

export const updateUserAvatar = route({
  name: 'updateUserAvatar',
  method: 'PUT',
  path: '/api/0/users/{user}/avatar/',
  summary: 'Set your avatar: your letters, a picture, or the one at Gravatar',
  access: 'authenticated',
  body: avatarSchema,
  responses: {
    200: 'The user',
    400: 'The body is wrong, or no square GIF, JPEG or PNG of 256 to 1024 pixels',
    401: 'The token has no user',
    404: 'Not you',
    413: 'The picture is larger than 5 MB',
  },
  handle: async (request, context) => {
    const userId = requireSelf(request);
    await setAvatar(request, context, { kind: 'user', id: userId });
    return ok(await userWithAvatar(context, userId));
  },
});
