import { z } from 'zod';
import { idAndSlug } from './idAndSlug.ts';
import { exec, many, maybeOne, type Queryable } from './pool.ts';
import { userJson, type UserView } from './releases/releaseView.ts';

/** Writing the last use at every request would make every read a write. */
const USE_RECORDED_EVERY_SECONDS = 60;

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
 * longer than running it.
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
