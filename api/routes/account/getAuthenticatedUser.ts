import { requireUser } from '../../access/requireUser.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { userWithAvatar } from '../avatars/userAvatar.ts';

export const getAuthenticatedUser = route({
  name: 'getAuthenticatedUser',
  method: 'GET',
  path: '/api/0/auth/',
  summary: 'The user of the token',
  access: 'authenticated',
  responses: { 200: 'The user', 401: 'The token has no user' },
  handle: async (request, context) =>
    ok(await userWithAvatar(context, requireUser(request).userId)),
});
