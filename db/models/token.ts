import { z } from 'zod';
import { scopes } from '../../domain/scopes.ts';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { many } from '../pool.ts';

const user = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  isActive: z.boolean(),
});

const shared = {
  /** `u` or `o` before the number: the two kinds count for themselves. */
  id: z.string(),
  tokenId: z.string(),
  /** SHA-256 of the token, base64. */
  hash: z.string(),
  scopes: z.array(z.enum(scopes)),
  /** Milliseconds since 1970; null never expires. */
  expiresAt: z.number().nullable(),
};

const tokenRow = z.discriminatedUnion('kind', [
  z.object({ ...shared, kind: z.literal('user'), user }),
  z.object({ ...shared, kind: z.literal('organization'), organizationId: z.string() }),
]);

export type CachedToken = z.output<typeof tokenRow>;

export const tokenModel = defineModel<CachedToken, 'hash'>({
  name: 'token',
  row: tokenRow,
  keys: { hash: (token) => token.hash },
  ttlMs: 300_000,
  /** Both kinds in one statement; deactivated ones are unknown. */
  load: (db, _key, hashes) =>
    many(db, tokenRow, {
      name: 'loadTokens',
      text: `select 'user' as kind, 'u' || token.id as id, token.id as "tokenId",
                    encode(token.token_hash, 'base64') as hash, token.scopes,
                    extract(epoch from token.expires_at)::float8 * 1000 as "expiresAt",
                    json_build_object('id', app_user.id::text, 'username', app_user.username, 'name', app_user.name,
                                      'email', email.email, 'isActive', app_user.is_active) as user,
                    null::bigint as "organizationId"
               from api_token token
               join app_user on app_user.id = token.user_id
               left join user_email email on email.user_id = app_user.id and email.is_primary
              where token.token_hash = any($1::bytea[])
             union all
             select 'organization', 'o' || token.id, token.id, encode(token.token_hash, 'base64'), token.scopes,
                    extract(epoch from token.expires_at)::float8 * 1000, null, token.organization_id
               from org_auth_token token
              where token.token_hash = any($1::bytea[]) and token.date_deactivated is null`,
      values: [hashes.map((hash) => Buffer.from(hash, 'base64'))],
    }),
});

/** Null for tokens that are unknown or revoked. */
export function findToken(models: ModelReader, tokenHash: Buffer): Promise<CachedToken | null> {
  return models.getFromCache(tokenModel, { hash: tokenHash.toString('base64') });
}

export function isExpired({ expiresAt }: CachedToken, now = Date.now()): boolean {
  return expiresAt !== null && expiresAt <= now;
}
