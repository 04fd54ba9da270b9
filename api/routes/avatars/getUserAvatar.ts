import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { requireSelf, userWithAvatar } from './userAvatar.ts';

export const getUserAvatar = route({
  name: 'getUserAvatar',
  method: 'GET',
  path: '/api/0/users/{user}/avatar/',
  summary: 'You, with your avatar',
  access: 'authenticated',
  responses: { 200: 'The user', 401: 'The token has no user', 404: 'Not you' },
  handle: async (request, context) => ok(await userWithAvatar(context, requireSelf(request))),
});
