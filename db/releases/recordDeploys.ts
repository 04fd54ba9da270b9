import { z } from 'zod';
import { formatDateTime } from '../../domain/dateTime.ts';
import { exec, many, one, type Transaction } from '../pool.ts';

const environmentRow = z.object({ id: z.string(), name: z.string() });

/** Ids of environments by name, created where they are missing. */
export async function ensureEnvironments(
  tx: Transaction,
  organizationId: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await many(tx, environmentRow, {
    name: 'ensureEnvironments',
    // Only missing names are inserted, so that the common case writes nothing; the no-op update answers the rows
    // of somebody who was faster, which this statement's snapshot cannot see.
    text: `with wanted as (select distinct name from unnest($2::text[]) as given (name)),
           known as (
             select id, name from environment where organization_id = $1 and name in (select name from wanted)),
           created as (
             insert into environment (organization_id, name)
             select $1, name from wanted where name not in (select name from known) order by name
             on conflict on constraint environment_organization_id_name_key do update set name = excluded.name
             returning id, name)
           select id, name from known union all select id, name from created`,
    values: [organizationId, names],
  });
  return new Map(rows.map((row) => [row.name, row.id]));
}

const storedDeployRow = z.object({ id: z.string(), fingerprint: z.string() });

/** Deploys of the last minutes that came from the same client with the same content, by fingerprint (ADR 0004). */
export async function findRecentDeploys(
  tx: Transaction,
  releaseId: string,
  fingerprints: readonly string[],
  windowSeconds: number,
): Promise<Map<string, string>> {
  const rows = await many(tx, storedDeployRow, {
    name: 'findRecentDeploys',
    text: `select id, encode(fingerprint, 'hex') as fingerprint
             from deploy
            where release_id = $1
              and date_added > now() - make_interval(secs => $3)
              and fingerprint in (select decode(given, 'hex') from unnest($2::text[]) as given)`,
    values: [releaseId, fingerprints, windowSeconds],
  });
  return new Map(rows.map((row) => [row.fingerprint, row.id]));
}

export type NewDeploy = Readonly<{
  environmentId: string;
  name: string | null;
  url: string | null;
  dateStarted: string | null;
  /** Null means now. */
  dateFinished: string | null;
  fingerprint: string;
  projectIds: readonly string[];
}>;

const insertedDeployRow = z
  .object({ id: z.string(), date_finished: z.string() })
  .transform((row) => ({ id: row.id, dateFinished: formatDateTime(row.date_finished) }));

/** Inserts deploys in order and answers their ids, and the dates that they got, in the same order. */
export async function insertDeploys(
  tx: Transaction,
  organizationId: string,
  releaseId: string,
  deploys: readonly NewDeploy[],
): Promise<z.output<typeof insertedDeployRow>[]> {
  return many(tx, insertedDeployRow, {
    name: 'insertDeploys',
    text: `insert into deploy
             (organization_id, release_id, environment_id, name, url, date_started, date_finished, fingerprint)
           select $1, $2, environment_id, name, url, date_started, coalesce(date_finished, now()), decode(fingerprint, 'hex')
             from unnest($3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[])
                  with ordinality as given (environment_id, name, url, date_started, date_finished, fingerprint, position)
            order by position
           returning id, date_finished`,
    values: [
      organizationId,
      releaseId,
      deploys.map((deploy) => deploy.environmentId),
      deploys.map((deploy) => deploy.name),
      deploys.map((deploy) => deploy.url),
      deploys.map((deploy) => deploy.dateStarted),
      deploys.map((deploy) => deploy.dateFinished),
      deploys.map((deploy) => deploy.fingerprint),
    ],
  });
}

/** Links the environments to the deployed projects and remembers each one's last deploy (releases-api 9.1). */
export async function linkDeploys(
  tx: Transaction,
  releaseId: string,
  links: readonly Readonly<{ environmentId: string; projectId: string; deployId: string }>[],
): Promise<void> {
  await exec(tx, {
    name: 'linkDeploys',
    text: `with link as (
             select environment_id, project_id, max(deploy_id) as deploy_id
               from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as given (environment_id, project_id, deploy_id)
              group by environment_id, project_id
              order by environment_id, project_id),
           visible as (
             insert into environment_project (environment_id, project_id)
             select environment_id, project_id from link
             on conflict on constraint environment_project_pkey do nothing),
           seen as (
             insert into release_environment (release_id, environment_id)
             select distinct $1::bigint, environment_id from link
             on conflict on constraint release_environment_pkey do nothing)
           insert into release_project_environment (release_id, project_id, environment_id, last_deploy_id)
           select $1, project_id, environment_id, deploy_id from link
           on conflict on constraint release_project_environment_pkey
           do update set last_deploy_id = excluded.last_deploy_id`,
    values: [
      releaseId,
      links.map((link) => link.environmentId),
      links.map((link) => link.projectId),
      links.map((link) => link.deployId),
    ],
  });
}

/** "Last" is the deploy created last, whatever its dates say (releases-api 9.1). */
export async function countDeploys(
  tx: Transaction,
  releaseId: string,
  deployIds: readonly string[],
  operations: number,
): Promise<void> {
  await exec(tx, {
    name: 'countDeploys',
    text: `update release
              set total_deploys = total_deploys + cardinality($2::bigint[]),
                  last_deploy_id = coalesce((select max(id) from unnest($2::bigint[]) as id), last_deploy_id),
                  applied_revision = applied_revision + $3
            where id = $1`,
    values: [releaseId, deployIds, operations],
  });
}

/**
 * Announces the deploys of a release that are not announced yet: one DEPLOY activity for each project of the release.
 * While the release has heads but no commits a fetch is at work, and the deploys wait for it (releases-api 9.4).
 */
export async function announceDeploys(tx: Transaction, releaseId: string): Promise<number> {
  const row = await one(tx, z.object({ announced: z.coerce.number() }), {
    name: 'announceDeploys',
    text: `with announced as (
             update deploy set is_notified = true
              where release_id = $1 and not is_notified
                and exists (select from release_project where release_id = $1)
                and (exists (select from release_commit where release_id = $1)
                     or not exists (select from release_head_commit where release_id = $1))
             returning id, environment_id, date_finished),
           written as (
             insert into activity (project_id, type, ident, data, date_added)
             select release_project.project_id, 'deploy', left(release.version, 64),
                    json_build_object('version', release.version, 'deploy_id', announced.id,
                                      'environment', environment.name),
                    announced.date_finished
               from announced
               join environment on environment.id = announced.environment_id
               join release on release.id = $1
               join release_project on release_project.release_id = $1)
           select count(*) as announced from announced`,
    values: [releaseId],
  });
  return row.announced;
}
