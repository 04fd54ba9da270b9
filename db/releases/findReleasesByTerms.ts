import { z } from 'zod';
import type { ReleaseTerm } from '../../domain/releaseTerms.ts';
import { many, type Queryable } from '../pool.ts';

/** Whoever means more releases than this means all of them; the newest are those that have issues. */
const RELEASES_MAX = 10_000;

const releaseIdRow = z.object({ id: z.string() }).transform((row) => row.id);

/**
 * Ids of the newest releases of an organization of which all terms hold, or with `isAny` one of them. Releases whose
 * version is no semantic one are matched by none.
 */
export async function findReleasesByTerms(
  db: Queryable,
  organizationId: string,
  terms: readonly ReleaseTerm[],
  { isAny }: Readonly<{ isAny: boolean }>,
): Promise<string[]> {
  if (terms.length === 0) return [];
  return many(db, releaseIdRow, {
    name: 'findReleasesByTerms',
    // A row compares as a version does: number by number, final ones above their prereleases.
    text: `select release.id
             from release
            cross join lateral (
               select count(*) as held
                 from json_to_recordset($2::json) as term (
                        kind text, operator text, package text, major bigint, minor bigint, patch bigint, revision bigint,
                        prerelease text, parts integer, build text, "isPrefix" boolean)
                cross join lateral (
                   select case
                     when kind = 'buildNumber' then sign(release.build_number - term.build::bigint)
                     when (release.major, release.minor, release.patch, release.revision,
                           release.prerelease = '', release.prerelease collate "C")
                          > (term.major, term.minor, term.patch, term.revision,
                             term.prerelease = '', term.prerelease collate "C") then 1
                     when (release.major, release.minor, release.patch, release.revision, release.prerelease)
                          = (term.major, term.minor, term.patch, term.revision, term.prerelease) then 0
                     else -1 end as sign) compared
                where (term.package is null or term.package = release.package)
                  and case
                        when kind = 'package' then true
                        when kind = 'buildCode' and term."isPrefix" then starts_with(release.build_code, term.build)
                        when kind = 'buildCode' then release.build_code = term.build
                        when parts < 4 then release.major = term.major and (parts < 2 or release.minor = term.minor)
                                            and (parts < 3 or release.patch = term.patch)
                        when operator = '=' then sign = 0
                        when operator = '>' then sign > 0
                        when operator = '>=' then sign >= 0
                        when operator = '<' then sign < 0
                        else sign <= 0 end) terms
            where release.organization_id = $1 and release.package is not null and terms.held >= $3
            order by release.date_added desc, release.id desc
            limit $4`,
    values: [organizationId, JSON.stringify(terms), isAny ? 1 : terms.length, RELEASES_MAX],
  });
}
