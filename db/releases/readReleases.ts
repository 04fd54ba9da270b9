import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { many, maybeOne, type Queryable } from '../pool.ts';
import { releaseColumns, releaseViewRow, type ReleaseView } from './releaseView.ts';

/** Releases by id, in no particular order. */
export function findReleasesById(db: Queryable, ids: readonly string[]): Promise<ReleaseView[]> {
  return many(db, releaseViewRow, {
    name: 'findReleasesById',
    text: `select ${releaseColumns} from release where release.id = any($1::bigint[])`,
    values: [ids],
  });
}

export function findRelease(
  db: Queryable,
  organizationId: string,
  version: string,
): Promise<ReleaseView | null> {
  return maybeOne(db, releaseViewRow, {
    name: 'findRelease',
    text: `select ${releaseColumns} from release where release.organization_id = $1 and release.version = $2`,
    values: [organizationId, version],
  });
}

/** Which releases of an organization a list shows. */
export type ReleaseFilter = Readonly<{
  organizationId: string;
  /** Null means every release, also those without a project. */
  projectIds: readonly string[] | null;
  /** Null means any status. */
  status: 'open' | 'archived' | null;
  /** What `versionPatterns` made; null means no filter. */
  versionPatterns: readonly string[] | null;
  environmentIds: readonly string[] | null;
  addedFrom: string | null;
  addedTo: string | null;
}>;

/** The organization list orders by creation; the project list by the release date where there is one (releases-api 3.8, 11.2). */
export type ReleaseOrder = 'dateAdded' | 'dateReleasedOrAdded';

const orderColumn: Record<ReleaseOrder, string> = {
  dateAdded: 'release.date_added',
  dateReleasedOrAdded: 'coalesce(release.date_released, release.date_added)',
};

const filterSql = `release.organization_id = $1
  and ($2::bigint[] is null or exists (
        select from release_project
         where release_project.release_id = release.id and release_project.project_id = any($2)))
  and ($3::text is null or release.status = $3)
  and ($4::text[] is null or release.version ilike any($4))
  and ($5::bigint[] is null or exists (
        select from release_project_environment link
         where link.release_id = release.id and link.environment_id = any($5)
           and ($2::bigint[] is null or link.project_id = any($2))))
  and ($6::timestamptz is null or release.date_added >= $6)
  and ($7::timestamptz is null or release.date_added <= $7)`;

function filterValues(filter: ReleaseFilter): unknown[] {
  return [
    filter.organizationId,
    filter.projectIds,
    filter.status,
    filter.versionPatterns,
    filter.environmentIds,
    filter.addedFrom,
    filter.addedTo,
  ];
}

/** One page of releases in order, in one statement. */
export function listReleases(
  db: Queryable,
  filter: ReleaseFilter,
  order: ReleaseOrder,
  page: OffsetWindow,
): Promise<ReleaseView[]> {
  return many(db, releaseViewRow, {
    name: `listReleases_${order}`,
    // The page is cut before its releases are dressed: the sub-selects run for its rows only.
    text: `with page as materialized (
             select release.id, row_number() over (order by ${orderColumn[order]} desc, release.id desc) as position
               from release
              where ${filterSql}
              order by ${orderColumn[order]} desc, release.id desc
              offset $8 limit $9)
           select ${releaseColumns}
             from page join release on release.id = page.id
            order by page.position`,
    values: [...filterValues(filter), page.offset, page.limit],
  });
}

const statsRow = z
  .object({ version: z.string(), date_added: z.string() })
  .transform((row) => ({ version: row.version, dateAdded: row.date_added }));

export type ReleaseStat = z.output<typeof statsRow>;

/** Versions with their dates, newest first: marks on charts (releases-api 3.12). */
export function listReleaseStats(
  db: Queryable,
  filter: ReleaseFilter,
  page: OffsetWindow,
): Promise<ReleaseStat[]> {
  return many(db, statsRow, {
    name: 'listReleaseStats',
    text: `select release.version, release.date_added
             from release
            where ${filterSql}
            order by release.date_added desc, release.id desc
           offset $8 limit $9`,
    values: [...filterValues(filter), page.offset, page.limit],
  });
}
