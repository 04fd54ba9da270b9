import { z } from 'zod';
import type { ReleaseKey } from '../../domain/operation.ts';
import type { CreateReleaseCommand } from '../../domain/releaseCommands.ts';
import { versionColumns } from '../../domain/version.ts';
import { exec, many, maybeOne, type Transaction } from '../pool.ts';

/** Inserts the release unless it exists; null when it did. The parsed columns are set here and never again (releases-api 10.2). */
export async function insertRelease(
  tx: Transaction,
  key: ReleaseKey,
  command: CreateReleaseCommand,
): Promise<string | null> {
  const parsed = versionColumns(key.version);
  const row = await maybeOne(tx, z.object({ id: z.string() }), {
    name: 'insertRelease',
    text: `insert into release (organization_id, version, status, ref, url, owner_id, user_agent, date_released,
                                package, major, minor, patch, revision, prerelease, build_code, build_number)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
           on conflict on constraint release_organization_id_version_key do nothing
           returning id`,
    values: [
      key.organizationId,
      key.version,
      command.status ?? 'open',
      command.ref,
      command.url,
      command.ownerId,
      command.userAgent,
      command.dateReleased,
      parsed.package,
      parsed.major,
      parsed.minor,
      parsed.patch,
      parsed.revision,
      parsed.prerelease,
      parsed.buildCode,
      parsed.buildNumber,
    ],
  });
  return row?.id ?? null;
}

/** Links projects that still exist; answers the ids of new links. Linking also marks the project as one with releases. */
export async function linkProjects(
  tx: Transaction,
  releaseId: string,
  projectIds: readonly string[],
): Promise<string[]> {
  const rows = await many(tx, z.object({ project_id: z.string() }), {
    name: 'linkProjects',
    text: `with linked as (
             insert into release_project (release_id, project_id)
             select $1, id from project where id = any($2::bigint[]) and status = 'active'
             on conflict on constraint release_project_pkey do nothing
             returning project_id
           ), marked as (
             update project set has_releases = true
               from linked
              where project.id = linked.project_id and not project.has_releases
           )
           select project_id from linked`,
    values: [releaseId, projectIds],
  });
  return rows.map((row) => row.project_id);
}

/** The RELEASE activity rows of a release that is out, one for each project (groups-projects-orgs 1.2). */
export async function insertReleaseActivity(
  tx: Transaction,
  releaseId: string,
  projectIds: readonly string[],
): Promise<void> {
  await exec(tx, {
    name: 'insertReleaseActivity',
    text: `insert into activity (project_id, type, ident, data, date_added)
           select project.id, 'release', left(release.version, 64),
                  json_build_object('version', release.version), release.date_released
             from release, project
            where release.id = $1 and project.id = any($2::bigint[])`,
    values: [releaseId, projectIds],
  });
}
