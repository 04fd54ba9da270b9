import { z } from 'zod';
import { scopes } from '../../domain/scopes.ts';
import { defineModel, type ModelReader } from '../cache/model.ts';
import { many, type Queryable } from '../pool.ts';
import { findMemberByUser, membershipRow, type Membership } from './member.ts';

/** Of people in more organizations the others are asked for each time. */
const MEMBERSHIPS_MAX = 100;

const user = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  isActive: z.boolean(),
  memberships: z.array(membershipRow),
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
  /** Both kinds in one statement, with what the user is where; deactivated ones are unknown. */
  load: async (db, _key, hashes) => {
    const [hash, ...more] = hashes;
    if (hash === undefined || more.length > 0) throw new TypeError('Tokens come one at a time');
    return many(db, tokenRow, {
      name: 'loadTokens',
      text: `select 'user' as kind, 'u' || token.id as id, token.id as "tokenId",
                    encode(token.token_hash, 'base64') as hash, token.scopes,
                    extract(epoch from token.expires_at)::float8 * 1000 as "expiresAt",
                    json_build_object('id', app_user.id::text, 'username', app_user.username, 'name', app_user.name,
                                      'email', email.email, 'isActive', app_user.is_active,
                                      'memberships', array(
                                        select json_build_object('id', id::text, 'organizationId', organization_id::text,
                                                                 'role', role)
                                          from member where user_id = app_user.id order by id limit $2)) as user,
                    null::bigint as "organizationId"
               from api_token token
               join app_user on app_user.id = token.user_id
               left join user_email email on email.user_id = app_user.id and email.is_primary
              where token.token_hash = $1
             union all
             select 'organization', 'o' || token.id, token.id, encode(token.token_hash, 'base64'), token.scopes,
                    extract(epoch from token.expires_at)::float8 * 1000, null, token.organization_id
               from org_auth_token token
              where token.token_hash = $1 and token.date_deactivated is null`,
      values: [Buffer.from(hash, 'base64'), MEMBERSHIPS_MAX],
    });
  },
});

/** Null for tokens that are unknown or revoked. */
export function findToken(models: ModelReader, tokenHash: Buffer): Promise<CachedToken | null> {
  return models.getFromCache(tokenModel, { hash: tokenHash.toString('base64') });
}

/**
 * What a user is in an organization; null for people who are no members of it. Who is not known to be one is asked for: a
 * request may have made them one since its token was looked up.
 */
export async function findMembership(
  db: Queryable,
  { id, memberships }: Readonly<{ id: string; memberships?: readonly Membership[] | undefined }>,
  organizationId: string,
): Promise<Membership | null> {
  const known = memberships?.find((membership) => membership.organizationId === organizationId);
  return known ?? findMemberByUser(db, organizationId, id);
}

export function isExpired({ expiresAt }: CachedToken, now = Date.now()): boolean {
  return expiresAt !== null && expiresAt <= now;
}
