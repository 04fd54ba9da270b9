import { z } from 'zod';
import type { Scope } from '../domain/scopes.ts';
import { exec, many, maybeOne, one, type Queryable } from './pool.ts';

export type NewToken = Readonly<{
  tokenHash: Buffer;
  lastCharacters: string;
  scopes: readonly Scope[];
  /** ISO date; null never expires. */
  expiresAt: string | null;
}>;

const tokenFields = {
  id: z.string(),
  scopes: z.custom<readonly Scope[]>(),
  token_last_characters: z.string(),
  expires_at: z.string().nullable(),
  date_last_used: z.string().nullable(),
  date_added: z.string(),
};

function commonOf(row: z.output<z.ZodObject<typeof tokenFields>>) {
  return {
    id: row.id,
    scopes: row.scopes,
    lastCharacters: row.token_last_characters,
    expiresAt: row.expires_at,
    dateLastUsed: row.date_last_used,
    dateAdded: row.date_added,
  };
}

const tokenRow = z
  .object({ ...tokenFields, name: z.string().nullable() })
  .transform((row) => ({ ...commonOf(row), name: row.name }));

export type Token = z.output<typeof tokenRow>;

const organizationTokenRow = z
  .object({ ...tokenFields, name: z.string(), project_last_used_id: z.string().nullable() })
  .transform((row) => ({
    ...commonOf(row),
    name: row.name,
    projectLastUsedId: row.project_last_used_id,
  }));

export type OrganizationToken = z.output<typeof organizationTokenRow>;

const tokenColumns =
  'id, name, scopes, token_last_characters, expires_at, date_last_used, date_added';

const organizationTokenColumns = `${tokenColumns}, project_last_used_id`;

export function createUserToken(
  db: Queryable,
  token: NewToken &
    Readonly<{
      userId: string;
      name: string | null;
      /** The token that asks: what it makes does not outlive it. */
      createdWith?: string;
    }>,
): Promise<Token> {
  return one(db, tokenRow, {
    name: 'createUserToken',
    text: `insert into api_token (user_id, name, token_hash, token_last_characters, scopes, expires_at)
           values ($1, $2, $3, $4, $5, least($6, (select expires_at from api_token where id = $7)))
           returning ${tokenColumns}`,
    values: [
      token.userId,
      token.name,
      token.tokenHash,
      token.lastCharacters,
      token.scopes,
      token.expiresAt,
      token.createdWith ?? null,
    ],
  });
}

/** Ids come from the sequence of user tokens, so that one number names one token whatever its kind. */
export function createOrganizationToken(
  db: Queryable,
  token: NewToken & Readonly<{ organizationId: string; name: string; createdBy: string | null }>,
): Promise<OrganizationToken> {
  return one(db, organizationTokenRow, {
    name: 'createOrganizationToken',
    text: `insert into org_auth_token
             (id, organization_id, name, token_hash, token_last_characters, scopes, expires_at, created_by)
           values (nextval(pg_get_serial_sequence('api_token', 'id')), $1, $2, $3, $4, $5, $6, $7)
           returning ${organizationTokenColumns}`,
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
): Promise<OrganizationToken[]> {
  return many(db, organizationTokenRow, {
    name: 'listOrganizationTokens',
    text: `select ${organizationTokenColumns}
             from org_auth_token
            where organization_id = $1 and date_deactivated is null
            order by date_last_used desc nulls last, name, id desc
            limit $2`,
    values: [organizationId, limit],
  });
}

const revokedRow = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user') }),
  z.object({
    kind: z.literal('organization'),
    organizationId: z.string(),
    name: z.string(),
    scopes: z.custom<readonly Scope[]>(),
  }),
]);

export type RevokedToken = z.output<typeof revokedRow>;

/** Ends a token of either kind at once; null when there is no such token that still works. */
export function revokeToken(db: Queryable, id: string): Promise<RevokedToken | null> {
  return maybeOne(db, revokedRow, {
    name: 'revokeToken',
    text: `with deleted as (delete from api_token where id = $1 returning id),
                deactivated as (
                  update org_auth_token set date_deactivated = now()
                   where id = $1 and date_deactivated is null
                  returning organization_id, name, scopes)
           select 'organization' as kind, organization_id as "organizationId", name, scopes from deactivated
           union all
           select 'user', null, null, null from deleted`,
    values: [id],
  });
}

/** Ends a token of one user that has no other scopes than these; answers whether there was one. */
export async function deleteUserToken(
  db: Queryable,
  token: Readonly<{ userId: string; id: string; scopes: readonly Scope[] }>,
): Promise<boolean> {
  const deleted = await exec(db, {
    name: 'deleteUserToken',
    text: 'delete from api_token where id = $2 and user_id = $1 and scopes <@ $3::text[]',
    values: [token.userId, token.id, token.scopes],
  });
  return deleted > 0;
}

/** An active token of an organization. */
export function findOrganizationToken(
  db: Queryable,
  organizationId: string,
  id: string,
): Promise<OrganizationToken | null> {
  return maybeOne(db, organizationTokenRow, {
    name: 'findOrganizationToken',
    text: `select ${organizationTokenColumns}
             from org_auth_token
            where organization_id = $1 and id = $2 and date_deactivated is null`,
    values: [organizationId, id],
  });
}

/** Answers whether there was such an active token. */
export async function renameOrganizationToken(
  db: Queryable,
  organizationId: string,
  id: string,
  name: string,
): Promise<boolean> {
  const renamed = await exec(db, {
    name: 'renameOrganizationToken',
    text: `update org_auth_token set name = $3
            where organization_id = $1 and id = $2 and date_deactivated is null`,
    values: [organizationId, id, name],
  });
  return renamed > 0;
}

/** Ends a token of an organization at once; its row stays for the record. Null when there is no such active one. */
export function deactivateOrganizationToken(
  db: Queryable,
  organizationId: string,
  id: string,
): Promise<OrganizationToken | null> {
  return maybeOne(db, organizationTokenRow, {
    name: 'deactivateOrganizationToken',
    text: `update org_auth_token set date_deactivated = now()
            where organization_id = $1 and id = $2 and date_deactivated is null
           returning ${organizationTokenColumns}`,
    values: [organizationId, id],
  });
}
