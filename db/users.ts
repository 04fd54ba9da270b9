import { z } from 'zod';
import { roles, type Role } from '../domain/scopes.ts';
import { maybeOne, one, type Queryable } from './pool.ts';

const userRow = z
  .object({ id: z.string(), email: z.string(), name: z.string(), is_active: z.boolean() })
  .transform((row) => ({ id: row.id, email: row.email, name: row.name, isActive: row.is_active }));

export type User = z.output<typeof userRow>;

/** A user whose e-mail is verified and serves as username; null when the username is taken. */
export function createUser(
  db: Queryable,
  user: Readonly<{ email: string; name: string }>,
): Promise<User | null> {
  return maybeOne(db, userRow, {
    name: 'createUser',
    text: `with created as (
             insert into app_user (username, name) values ($1, $2)
             on conflict (lower(username)) do nothing
             returning id, name, is_active),
           mail as (
             insert into user_email (user_id, email, is_primary, is_verified)
             select id, $1::text, true, true from created
             returning user_id, email)
           select created.id, mail.email, created.name, created.is_active
             from created join mail on mail.user_id = created.id`,
    values: [user.email, user.name],
  });
}

/** The user whom an e-mail belongs to, in any letter case; whoever has verified it, or has it as primary one, first. */
export function findUserByEmail(db: Queryable, email: string): Promise<User | null> {
  return maybeOne(db, userRow, {
    name: 'findUserByEmail',
    text: `select app_user.id, user_email.email, app_user.name, app_user.is_active
             from user_email
             join app_user on app_user.id = user_email.user_id
            where lower(user_email.email) = lower($1)
            order by is_verified desc, is_primary desc, app_user.id
            limit 1`,
    values: [email],
  });
}

const memberRow = z.object({ id: z.string(), role: z.enum(roles) });

/**
 * Makes a user a member, or gives a member another role.
 * Without a role newcomers get the default one of the organization, and members keep theirs.
 */
export function upsertMember(
  db: Queryable,
  member: Readonly<{ organizationId: string; userId: string; role: Role | null }>,
): Promise<z.output<typeof memberRow>> {
  return one(db, memberRow, {
    name: 'upsertMember',
    text: `insert into member (organization_id, user_id, role)
           select id, $2::bigint, coalesce($3::text, default_role) from organization where id = $1
           on conflict on constraint member_organization_id_user_id_key
           do update set role = coalesce($3::text, member.role)
           returning id, role`,
    values: [member.organizationId, member.userId, member.role],
  });
}
