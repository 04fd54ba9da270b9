import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

export const getIndex = route({
  name: 'getIndex',
  method: 'GET',
  path: '/api/0/',
  summary: 'The API version and who the token speaks for',
  access: 'authenticated',
  responses: { 200: 'The caller' },
  handle: ({ principal }) =>
    Promise.resolve(
      ok({
        version: '0',
        auth: { scopes: principal.scopes },
        // Null tells sentry-cli that this is an organization token (clients 3.1).
        user:
          principal.kind === 'user'
            ? {
                id: principal.userId,
                name: principal.name,
                username: principal.username,
                email: principal.email ?? '',
              }
            : null,
      }),
    ),
});
