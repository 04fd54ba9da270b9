import { AppError } from '../../../domain/errors.ts';
import { findUserView } from '../../../db/access.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeUser } from '../../serializers/user.ts';

export const getAuthenticatedUser = route({
  name: 'getAuthenticatedUser',
  method: 'GET',
  path: '/api/0/auth/',
  summary: 'The user of the token',
  access: 'authenticated',
  responses: { 200: 'The user', 401: 'The token has no user' },
  handle: async ({ principal }, context) => {
    const user =
      principal.kind === 'user' ? await findUserView(context.pool, principal.userId) : null;
    if (user === null) {
      throw new AppError('unauthenticated', 'This request requires an authenticated user.');
    }
    return ok(serializeUser(user));
  },
});
