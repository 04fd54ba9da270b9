import { z } from 'zod';
import { versionColumns } from '../../domain/version.ts';
import { many, type Transaction } from '../pool.ts';

const eventReleaseRow = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    version: z.string(),
    order_date: z.number(),
    is_new: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    version: row.version,
    orderDate: row.order_date,
    isNew: row.is_new,
  }));

/** The release that an event names. */
export type EventRelease = z.output<typeof eventReleaseRow>;

/** Versions by organization, each once; `seenAt` is when a release that nobody has announced was first seen. */
export type NamedRelease = Readonly<{ organizationId: string; version: string; seenAt: string }>;

/** Releases by name, created where they are missing. The parsed columns are set here and never again (releases-api 10.2). */
export function ensureReleases(
  tx: Transaction,
  named: readonly NamedRelease[],
): Promise<EventRelease[]> {
  const parsed = named.map(({ version }) => versionColumns(version));
  return many(tx, eventReleaseRow, {
    name: 'ensureReleases',
    // Known releases are only read. The no-op update answers the row of somebody who was faster, which this
    // statement's snapshot cannot see.
    text: `with wanted as (
             select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::bigint[], $6::bigint[],
                                  $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::bigint[])
               as given (organization_id, version, seen_at, package, major, minor, patch, revision, prerelease,
                         build_code, build_number)),
           known as (
             select release.id, organization_id, version, coalesce(date_released, date_added) as order_date
               from release join wanted using (organization_id, version)),
           created as (
             insert into release (organization_id, version, date_added, package, major, minor, patch, revision,
                                  prerelease, build_code, build_number)
             select * from wanted
              where (organization_id, version) not in (select organization_id, version from known)
              order by organization_id, version
             on conflict on constraint release_organization_id_version_key do update set version = excluded.version
             returning id, organization_id, version, coalesce(date_released, date_added) as order_date)
           select id, organization_id, version, extract(epoch from order_date)::float8 as order_date, false as is_new
             from known
           union all
           select id, organization_id, version, extract(epoch from order_date)::float8, true from created`,
    values: [
      named.map((release) => release.organizationId),
      named.map((release) => release.version),
      named.map((release) => release.seenAt),
      parsed.map((columns) => columns.package),
      parsed.map((columns) => columns.major),
      parsed.map((columns) => columns.minor),
      parsed.map((columns) => columns.patch),
      parsed.map((columns) => columns.revision),
      parsed.map((columns) => columns.prerelease),
      parsed.map((columns) => columns.buildCode),
      parsed.map((columns) => columns.buildNumber),
    ],
  });
}
