import { createUserToken as insertUserToken } from '../../../db/tokens.ts';
import { withImpliedScopes } from '../../../domain/scopes.ts';
import { lastCharacters } from '../../../domain/tokens.ts';
import { generateUserToken, hashToken } from '../../../infra/tokens.ts';
import { forbidden } from '../../access/requireScope.ts';
import { requireUser } from '../../access/requireUser.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { userTokenCreateSchema } from './tokenBodies.ts';

/** A token makes no token that reaches further or lives longer than itself: whoever stole it would keep the new one. */
export const createUserToken = route({
  name: 'createUserToken',
  method: 'POST',
  path: '/api/0/api-tokens/',
  summary: 'Create a token of your own with some of the scopes of this one; it is shown once',
  access: 'authenticated',
  body: userTokenCreateSchema,
  responses: {
    201: 'The token with its secret',
    400: 'The body is wrong',
    401: 'The token has no user',
    403: 'A scope that this token does not have',
  },
  handle: async (request, context) => {
    const { userId, tokenId, scopes } = requireUser(request);
    const body = validateBody(userTokenCreateSchema, await request.body(['scopes']));
    const wanted = [...new Set(body.scopes)];
    const granted = withImpliedScopes(scopes);
    const missing = wanted.filter((scope) => !granted.includes(scope));
    if (missing.length > 0) {
      throw forbidden(`This token cannot pass on scopes that it lacks: ${missing.join(', ')}.`);
    }
    const plaintext = generateUserToken();
    const token = await insertUserToken(context.pool, {
      userId,
      name: body.name === '' ? null : (body.name ?? null),
      tokenHash: hashToken(plaintext),
      lastCharacters: lastCharacters(plaintext),
      scopes: wanted,
      expiresAt: body.expiresAt ?? null,
      createdWith: tokenId,
    });
    return { status: 201, body: await serializeOne('userToken', token, context, { plaintext }) };
  },
});
