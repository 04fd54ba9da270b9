import { listUserTokens as findUserTokens } from '../../../db/tokens.ts';
import { requireUser } from '../../access/requireUser.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serialize } from '../../serializers/serialize.ts';

/** The list has no pages; nobody who has more tokens still knows what they are for. */
const LISTED_MAX = 1_000;

export const listUserTokens = route({
  name: 'listUserTokens',
  method: 'GET',
  path: '/api/0/api-tokens/',
  summary: 'Your own tokens, the newest first',
  access: 'authenticated',
  responses: { 200: 'The tokens, without their secrets', 401: 'The token has no user' },
  handle: async (request, context) => {
    const { userId } = requireUser(request);
    const tokens = await findUserTokens(context.pool, userId, LISTED_MAX);
    return ok(await serialize('userToken', tokens, context));
  },
});
