import { z } from 'zod';
import type { OffsetWindow } from '../domain/offsetPage.ts';
import { idAndSlug } from './idAndSlug.ts';
import { many, maybeOne, type Queryable } from './pool.ts';

const teamRow = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    date_added: z.string(),
    member_count: z.int(),
    is_member: z.boolean(),
  })
  .transform(({ date_added, member_count, is_member, ...row }) => ({
    ...row,
    dateAdded: date_added,
    memberCount: member_count,
    isMember: is_member,
  }));

export type TeamView = z.output<typeof teamRow>;

/** `$2` is the membership of whoever asks. */
const teamColumns = `id, slug, name, date_added,
  (select count(*)::int from team_member where team_id = team.id) as member_count,
  exists (select from team_member where team_id = team.id and member_id = $2) as is_member`;

export type TeamFilter = Readonly<{
  organizationId: string;
  /** Decides `isMember`. */
  memberId: string | null;
  projectId: string | null;
  /** A LIKE pattern over slug and name. */
  pattern: string | null;
}>;

/** By slug. */
export function listTeams(
  db: Queryable,
  filter: TeamFilter,
  window: OffsetWindow,
): Promise<TeamView[]> {
  return many(db, teamRow, {
    name: 'listTeams',
    text: `select ${teamColumns}
             from team
            where organization_id = $1
              and ($3::bigint is null or exists (
                    select from project_team where team_id = team.id and project_id = $3))
              and ($4::text is null or slug ilike $4 or name ilike $4)
            order by slug
           offset $5 limit $6`,
    values: [
      filter.organizationId,
      filter.memberId,
      filter.projectId,
      filter.pattern,
      window.offset,
      window.limit,
    ],
  });
}

/** A team by slug or decimal id. */
export function findTeam(
  db: Queryable,
  filter: Pick<TeamFilter, 'organizationId' | 'memberId'>,
  idOrSlug: string,
): Promise<TeamView | null> {
  return maybeOne(db, teamRow, {
    name: 'findTeam',
    text: `select ${teamColumns} from team
            where organization_id = $1 and case when $3::bigint is null then slug = $4 else id = $3 end`,
    values: [filter.organizationId, filter.memberId, ...idAndSlug(idOrSlug)],
  });
}
