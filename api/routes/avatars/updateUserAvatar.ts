import { transaction } from '../../../db/pool.ts';
import { fieldError } from '../../../domain/errors.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { avatarFields, readAvatarBody } from './readAvatarBody.ts';
import { readUpload, storeUpload } from './storeUpload.ts';
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
    const upload = await readUpload('user', await readAvatarBody(request), avatarFields);
    if (upload === null) throw fieldError(avatarFields.type, 'This field is required.');
    const owner = { kind: 'user', id: userId } as const;
    await transaction(context.pool, (tx) => storeUpload(tx, owner, upload, avatarFields));
    return ok(await userWithAvatar(context, userId));
  },
});
