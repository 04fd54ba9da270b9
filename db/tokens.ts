import { z } from 'zod';
import type { Scope } from '../domain/scopes.ts';
import { many, maybeOne, one, type Queryable } from './pool.ts';

export type NewToken = Readonly<{
  tokenHash: Buffer;
  lastCharacters: string;
  scopes: readonly Scope[];
  /** ISO date; null never expires. */
  expiresAt: string | null;
}>;

const tokenRow = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    scopes: z.custom<readonly Scope[]>(),
    token_last_characters: z.string(),
    expires_at: z.string().nullable(),
    date_last_used: z.string().nullable(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    lastCharacters: row.token_last_characters,
    expiresAt: row.expires_at,
    dateLastUsed: row.date_last_used,
    dateAdded: row.date_added,
  }));

export type Token = z.output<typeof tokenRow>;

const tokenColumns =
  'id, name, scopes, token_last_characters, expires_at, date_last_used, date_added';

export function createUserToken(
  db: Queryable,
  token: NewToken & Readonly<{ userId: string; name: string | null }>,
): Promise<Token> {
  return one(db, tokenRow, {
    name: 'createUserToken',
    text: `insert into api_token (user_id, name, token_hash, token_last_characters, scopes, expires_at)
           values ($1, $2, $3, $4, $5, $6)
           returning ${tokenColumns}`,
    values: [
      token.userId,
      token.name,
      token.tokenHash,
      token.lastCharacters,
      token.scopes,
      token.expiresAt,
    ],
  });
}

/** Ids come from the sequence of user tokens, so that one number names one token whatever its kind. */
export function createOrganizationToken(
  db: Queryable,
  token: NewToken & Readonly<{ organizationId: string; name: string; createdBy: string | null }>,
): Promise<Token> {
  return one(db, tokenRow, {
    name: 'createOrganizationToken',
    text: `insert into org_auth_token
             (id, organization_id, name, token_hash, token_last_characters, scopes, expires_at, created_by)
           values (nextval(pg_get_serial_sequence('api_token', 'id')), $1, $2, $3, $4, $5, $6, $7)
           returning ${tokenColumns}`,
    values: [
      token.organizationId,
      token.name,
      token.tokenHash,
      token.lastCharacters,
      token.scopes,
      token.expiresAt,
      token.createdBy,
    ],
  });
}

/** Tokens of a user, expired ones too, the newest first. */
export function listUserTokens(db: Queryable, userId: string, limit: number): Promise<Token[]> {
  return many(db, tokenRow, {
    name: 'listUserTokens',
    text: `select ${tokenColumns} from api_token where user_id = $1 order by id desc limit $2`,
    values: [userId, limit],
  });
}

/** Active tokens of an organization: last used first, never used ones last (groups-projects-orgs 6.4). */
export function listOrganizationTokens(
  db: Queryable,
  organizationId: string,
  limit: number,
): Promise<Token[]> {
  return many(db, tokenRow, {
    name: 'listOrganizationTokens',
    text: `select ${tokenColumns}
             from org_auth_token
            where organization_id = $1 and date_deactivated is null
            order by date_last_used desc nulls last, name, id desc
            limit $2`,
    values: [organizationId, limit],
  });
}

const revokedRow = z.object({ kind: z.enum(['user', 'organization']) });

/** Ends a token of either kind at once; null when there is no such token that still works. */
export async function revokeToken(
  db: Queryable,
  id: string,
): Promise<'user' | 'organization' | null> {
  const row = await maybeOne(db, revokedRow, {
    name: 'revokeToken',
    text: `with deleted as (delete from api_token where id = $1 returning id),
                deactivated as (
                  update org_auth_token set date_deactivated = now()
                   where id = $1 and date_deactivated is null
                  returning id)
           select 'user' as kind from deleted
           union all
           select 'organization' from deactivated`,
    values: [id],
  });
  return row?.kind ?? null;
}
