import { z } from 'zod';
import type { Scope } from '../domain/scopes.ts';
import { idAndSlug } from './idAndSlug.ts';
import { exec, many, maybeOne, type Queryable } from './pool.ts';
import { userJson, type UserView } from './releases/releaseView.ts';

/** Writing the last use at every request would make every read a write. */
const USE_RECORDED_EVERY_SECONDS = 60;

const principalRow = z
  .object({
    kind: z.enum(['user', 'organization']),
    token_id: z.string(),
    organization_id: z.string().nullable(),
    user_id: z.string().nullable(),
    username: z.string().nullable(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    is_user_active: z.boolean(),
    scopes: z.custom<readonly Scope[]>(),
    is_expired: z.boolean(),
    is_use_unrecorded: z.boolean(),
  })
  .transform((row) => ({
    principal:
      row.kind === 'user'
        ? ({
            kind: 'user',
            tokenId: row.token_id,
            userId: row.user_id ?? '',
            username: row.username ?? '',
            name: row.name ?? '',
            email: row.email,
            scopes: row.scopes,
          } as const)
        : ({
            kind: 'organization',
            tokenId: row.token_id,
            organizationId: row.organization_id ?? '',
            scopes: row.scopes,
          } as const),
    isUserActive: row.is_user_active,
    isExpired: row.is_expired,
    isUseUnrecorded: row.is_use_unrecorded,
  }));

/** Whom a token speaks for, in one statement; null for tokens that are unknown or revoked. */
export function findPrincipal(
  db: Queryable,
  tokenHash: Buffer,
): Promise<z.output<typeof principalRow> | null> {
  return maybeOne(db, principalRow, {
    name: 'findPrincipal',
    text: `select 'user' as kind, token.id as token_id, null::bigint as organization_id, app_user.id as user_id,
                  app_user.username, app_user.name, email.email, app_user.is_active as is_user_active, token.scopes,
                  coalesce(token.expires_at <= now(), false) as is_expired,
                  coalesce(token.date_last_used < now() - make_interval(secs => $2), true) as is_use_unrecorded
             from api_token token
             join app_user on app_user.id = token.user_id
             left join user_email email on email.user_id = app_user.id and email.is_primary
            where token.token_hash = $1
           union all
           select 'organization', token.id, token.organization_id, null, null, null, null, true, token.scopes,
                  coalesce(token.expires_at <= now(), false),
                  coalesce(token.date_last_used < now() - make_interval(secs => $2), true)
             from org_auth_token token
            where token.token_hash = $1 and token.date_deactivated is null`,
    values: [tokenHash, USE_RECORDED_EVERY_SECONDS],
  });
}

/** Records the use of a token, at most once a minute whoever asks. */
export async function touchToken(
  db: Queryable,
  token: Readonly<{ kind: 'user' | 'organization'; tokenId: string }>,
): Promise<void> {
  const table = { user: 'api_token', organization: 'org_auth_token' }[token.kind];
  await exec(db, {
    name: `touchToken_${token.kind}`,
    text: `update ${table} set date_last_used = now()
            where id = $1
              and (date_last_used is null or date_last_used < now() - make_interval(secs => $2))`,
    values: [token.tokenId, USE_RECORDED_EVERY_SECONDS],
  });
}

const accessRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    status: z.string(),
    open_membership: z.boolean(),
    date_added: z.string(),
    role: z.enum(['member', 'admin', 'manager', 'owner']).nullable(),
    member_id: z.string().nullable(),
  })
  .transform((row) => ({
    organization: {
      id: row.id,
      slug: row.slug,
      name: row.name,
      status: row.status,
      openMembership: row.open_membership,
      dateAdded: row.date_added,
    },
    role: row.role,
    memberId: row.member_id,
  }));

export type AccessedOrganization = z.output<typeof accessRow>;

/**
 * An organization by slug or decimal id, with the membership of the user who asks; null when there is none. One
 * statement for each of the two, because nearly every request asks and one for both could not use an index.
 */
export function findOrganizationAccess(
  db: Queryable,
  idOrSlug: string,
  userId: string | null,
): Promise<AccessedOrganization | null> {
  const [id, slug] = idAndSlug(idOrSlug);
  const column = id === null ? 'slug' : 'id';
  return maybeOne(db, accessRow, {
    name: `findOrganizationAccess_${column}`,
    text: `select organization.id, slug, name, status, open_membership, organization.date_added,
                  member.role, member.id as member_id
             from organization
             left join member on member.organization_id = organization.id and member.user_id = $2
            where organization.status = 'active' and organization.${column} = $1`,
    values: [id ?? slug, userId],
  });
}

const projectRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  platform: z.string().nullable(),
});

export type AccessibleProject = z.output<typeof projectRow>;

/** Whether the project is one of the teams of a member. */
const isOfMember = (parameter: string): string => `exists (
                    select from project_team join team_member using (team_id)
                     where project_team.project_id = project.id and team_member.member_id = ${parameter})`;

/**
 * Active projects by id or slug, or all of them; of the teams of one member only when a member is given. Each of the
 * four shapes is a statement of its own: for one that serves them all Postgres makes a new plan every time, which takes
 * longer than running it (ADR 0007).
 */
export function listAccessibleProjects(
  db: Queryable,
  filter: Readonly<{
    organizationId: string;
    memberId: string | null;
    names: readonly string[] | null;
  }>,
): Promise<AccessibleProject[]> {
  const { organizationId, memberId } = filter;
  const named = filter.names?.map(idAndSlug) ?? null;
  const values: unknown[] = [organizationId];
  const conditions: string[] = [];
  if (named !== null) {
    values.push(
      named.map(([id]) => id).filter((id) => id !== null),
      named.map(([, slug]) => slug).filter((slug) => slug !== null),
    );
    conditions.push('and (id = any($2::bigint[]) or slug = any($3::text[]))');
  }
  if (memberId !== null) {
    values.push(memberId);
    conditions.push(`and ${isOfMember(`$${values.length}`)}`);
  }
  return many(db, projectRow, {
    name: `listAccessibleProjects${named === null ? '' : '_named'}${memberId === null ? '' : '_ofMember'}`,
    text: `select id, slug, name, platform
             from project
            where organization_id = $1 and status = 'active' ${conditions.join(' ')}
            order by slug`,
    values,
  });
}

/** The same for one name, which is what most paths have. */
export function findAccessibleProject(
  db: Queryable,
  { organizationId, memberId }: Readonly<{ organizationId: string; memberId: string | null }>,
  idOrSlug: string,
): Promise<AccessibleProject | null> {
  const [id, slug] = idAndSlug(idOrSlug);
  const column = id === null ? 'slug' : 'id';
  return maybeOne(db, projectRow, {
    name: `findAccessibleProject_${column}${memberId === null ? '' : '_ofMember'}`,
    text: `select id, slug, name, platform
             from project
            where organization_id = $1 and ${column} = $2 and status = 'active'
              ${memberId === null ? '' : `and ${isOfMember('$3')}`}`,
    values: [organizationId, id ?? slug, ...(memberId === null ? [] : [memberId])],
  });
}

/** Remembers the project that an organization token was last used for; writes only when it changes. */
export async function recordTokenProject(
  db: Queryable,
  tokenId: string,
  projectId: string,
): Promise<void> {
  await exec(db, {
    name: 'recordTokenProject',
    text: `update org_auth_token set project_last_used_id = $2, date_last_used = now()
            where id = $1 and project_last_used_id is distinct from $2`,
    values: [tokenId, projectId],
  });
}

const userViewRow = z.object({ user: z.custom<UserView>() }).transform((row) => row.user);

export function findUserView(db: Queryable, userId: string): Promise<UserView | null> {
  return maybeOne(db, userViewRow, {
    name: 'findUserView',
    text: `select ${userJson} as user
             from app_user left join user_email email on email.user_id = app_user.id and email.is_primary
            where app_user.id = $1`,
    values: [userId],
  });
}
