import { z } from 'zod';
import { deleteUserToken as removeUserToken } from '../../../db/tokens.ts';
import { fieldError, notFound } from '../../../domain/errors.ts';
import { withImpliedScopes } from '../../../domain/scopes.ts';
import { requireUser } from '../../access/requireUser.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { isId } from '../../validation/isId.ts';

const bodySchema = z.object({ tokenId: z.union([z.string(), z.number()]) });

/** A token ends itself, or others of its user that reach no further. */
export const deleteUserToken = route({
  name: 'deleteUserToken',
  method: 'DELETE',
  path: '/api/0/api-tokens/',
  summary: 'End one of your tokens at once: its id is in the body or the query',
  access: 'authenticated',
  body: bodySchema,
  query: { tokenId: 'The id, for clients that send no body with DELETE.' },
  responses: {
    204: 'It no longer works',
    400: 'No token is named',
    401: 'The token has no user',
    404: 'No such token of yours, or one that reaches further',
  },
  handle: async (request, context) => {
    const { userId, scopes } = requireUser(request);
    const body = bodySchema.safeParse(await request.body());
    const id = String(body.data?.tokenId ?? request.query.get('tokenId') ?? '');
    if (id === '') throw fieldError('tokenId', 'This field is required.');
    const isDeleted =
      isId(id) &&
      (await removeUserToken(context.pool, { userId, id, scopes: withImpliedScopes(scopes) }));
    if (!isDeleted) throw notFound();
    return noContent();
  },
});
