import { findUserView } from '../../../db/access.ts';
import { notFound } from '../../../domain/errors.ts';
import { requireUser } from '../../access/requireUser.ts';
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
  handle: async (request, context) => {
    const user = await findUserView(context.pool, requireUser(request).userId);
    // Deleted since the token was looked up.
    if (user === null) throw notFound();
    return ok(serializeUser(user));
  },
});
