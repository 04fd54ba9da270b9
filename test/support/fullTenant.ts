import { randomBytes } from 'node:crypto';
import type { Pool } from '../../db/pool.ts';

type Rows = (text: string, values?: readonly unknown[]) => Promise<string>;

/** Runs a statement and answers the first column of its first row, an id. */
function rowsOf(pool: Pool): Rows {
  return async (text, values = []) => {
    const { rows } = await pool.query<Record<string, string>>(text, [...values]);
    return String(Object.values(rows[0] ?? {})[0]);
  };
}

/** What the rows of a project refer to. */
type OrganizationRows = Readonly<{
  organizationId: string;
  slug: string;
  userId: string;
  teamId: string;
  releaseId: string;
  environmentId: string;
  deployId: string;
  commitId: string;
}>;

/**
 * A row in every table that hangs on an organization and not on a project. A table that came later and gets none here
 * fails deletion.orphans.test.ts.
 * @param userId becomes its owner; people stay when an organization goes.
 */
export async function createFullOrganization(
  pool: Pool,
  slug: string,
  userId: string,
): Promise<OrganizationRows> {
  const add = rowsOf(pool);
  const hash = randomBytes(32);
  const hex = (bytes = 16): string => randomBytes(bytes).toString('hex');
  const organizationId = await add(
    'insert into organization (slug, name) values ($1, $1) returning id',
    [slug],
  );
  const of = [organizationId];
  const avatar = async (column: string, id: string): Promise<void> => {
    const avatarId = await add(
      `insert into avatar (${column}, type, ident) values ($1, 'upload', $2) returning id`,
      [id, hex()],
    );
    await add(`insert into avatar_image (avatar_id, size, content) values ($1, 0, '\\x00')`, [
      avatarId,
    ]);
  };
  await avatar('organization_id', organizationId);
  await add(`insert into organization_option (organization_id, key) values ($1, 'sentry:x')`, of);
  await add(`insert into audit_log (organization_id, event) values ($1, 'org.create')`, of);
  await add(`insert into hook_delivery (organization_id, delivery_id) values ($1, 'one')`, of);
  const memberId = await add(
    `insert into member (organization_id, user_id, role) values ($1, $2, 'owner') returning id`,
    [organizationId, userId],
  );
  const teamId = await add(
    `insert into team (organization_id, slug, name) values ($1, 'crew', 'Crew') returning id`,
    of,
  );
  await add('insert into team_member (team_id, member_id) values ($1, $2)', [teamId, memberId]);
  await avatar('team_id', teamId);
  await add(
    `insert into org_auth_token (organization_id, name, token_hash, token_last_characters, scopes)
     values ($1, 'ci', $2, 'abcd', '{org:ci}')`,
    [organizationId, hash],
  );

  const repositoryId = await add(
    `insert into repository (organization_id, name) values ($1, 'acme/web') returning id`,
    of,
  );
  const authorId = await add(
    `insert into commit_author (organization_id, email) values ($1, 'a@acme.test') returning id`,
    of,
  );
  const commitId = await add(
    `insert into commit (organization_id, repository_id, key, author_id) values ($1, $2, $3, $4) returning id`,
    [organizationId, repositoryId, hex(20), authorId],
  );
  await add(`insert into commit_file_change (commit_id, filename, type) values ($1, 'a.ts', 'M')`, [
    commitId,
  ]);
  const rangeId = await add(
    `insert into commit_range (repository_id, base, head) values ($1, 'a', 'b') returning id`,
    [repositoryId],
  );
  await add('insert into commit_range_commit (range_id, position, commit_id) values ($1, 0, $2)', [
    rangeId,
    commitId,
  ]);
  const pullRequestId = await add(
    `insert into pull_request (organization_id, repository_id, key, author_id) values ($1, $2, '7', $3) returning id`,
    [organizationId, repositoryId, authorId],
  );
  await add('insert into pull_request_commit (pull_request_id, commit_id) values ($1, $2)', [
    pullRequestId,
    commitId,
  ]);

  const releaseId = await add(
    `insert into release (organization_id, version, last_commit_id) values ($1, '1.0', $2) returning id`,
    [organizationId, commitId],
  );
  const environmentId = await add(
    `insert into environment (organization_id, name) values ($1, 'production') returning id`,
    of,
  );
  await add('insert into release_environment (release_id, environment_id) values ($1, $2)', [
    releaseId,
    environmentId,
  ]);
  await add('insert into release_commit (release_id, commit_id, position) values ($1, $2, 0)', [
    releaseId,
    commitId,
  ]);
  await add(
    'insert into release_head_commit (release_id, repository_id, commit_id) values ($1, $2, $3)',
    [releaseId, repositoryId, commitId],
  );
  await add(
    `insert into release_sync (release_id, repository_id, operation_id, head, range_id)
     values ($1, $2, gen_random_uuid(), 'b', $3)`,
    [releaseId, repositoryId, rangeId],
  );
  const deployId = await add(
    `insert into deploy (organization_id, release_id, environment_id, date_finished, fingerprint)
     values ($1, $2, $3, now(), '\\x01') returning id`,
    [organizationId, releaseId, environmentId],
  );
  await add('update release set last_deploy_id = $2 where id = $1', [releaseId, deployId]);
  await add(
    `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, actor, status)
     values (gen_random_uuid(), $1, '1.0', 'release.update', '{updateRelease}', '{}', '\\x00', '{}', 'done')`,
    of,
  );

  const outboxId = await add(
    `insert into outbox (id, organization_id, project_ids, type, payload)
     values (gen_random_uuid(), $1, '{}', 'release.created', '{}') returning id`,
    of,
  );
  const webhookId = await add(
    `insert into webhook (organization_id, url, events, secret_encrypted)
     values ($1, 'https://hooks.test', '{release.created}', '\\x00') returning id`,
    of,
  );
  await add(
    `insert into delivery (id, outbox_id, organization_id, webhook_id, workflow_id, state, next_try)
     values (gen_random_uuid(), $1, $2, $3, 'deliver:x', 'delivered', null)`,
    [outboxId, organizationId, webhookId],
  );
  await add(
    `insert into external_issue (organization_id, provider, key, url) values ($1, 'webhook', 'X-1', 'https://x.test')`,
    of,
  );
  return {
    organizationId,
    slug,
    userId,
    teamId,
    releaseId,
    environmentId,
    deployId,
    commitId,
  };
}

/** A project with everything that one can have, and nothing that outlives it. */
export async function createFullProject(
  pool: Pool,
  {
    organizationId,
    userId,
    teamId,
    releaseId,
    environmentId,
    deployId,
    commitId,
  }: OrganizationRows,
  slug: string,
): Promise<string> {
  const add = rowsOf(pool);
  const projectId = await add(
    'insert into project (organization_id, slug, name) values ($1, $2, $2) returning id',
    [organizationId, slug],
  );
  const of = [projectId];
  await add(
    `with avatar as (
       insert into avatar (project_id, type, ident) values ($1, 'upload', $2) returning id)
     insert into avatar_image (avatar_id, size, content) select id, 0, '\\x00' from avatar`,
    [projectId, randomBytes(16).toString('hex')],
  );
  await add('insert into project_key (project_id, public_key) values ($1, $2)', [
    projectId,
    randomBytes(16).toString('hex'),
  ]);
  await add(`insert into project_option (project_id, key) values ($1, 'sentry:resolve_age')`, of);
  await add(`insert into project_platform (project_id, platform) values ($1, 'node')`, of);
  await add('insert into project_team (project_id, team_id) values ($1, $2)', [projectId, teamId]);
  await add('insert into project_bookmark (project_id, user_id) values ($1, $2)', [
    projectId,
    userId,
  ]);
  await add('insert into slug_redirect (organization_id, slug, project_id) values ($1, $2, $3)', [
    organizationId,
    `${slug}-before`,
    projectId,
  ]);
  await add('insert into release_project (release_id, project_id) values ($1, $2)', [
    releaseId,
    projectId,
  ]);
  await add('insert into environment_project (environment_id, project_id) values ($1, $2)', [
    environmentId,
    projectId,
  ]);
  await add(
    `insert into release_project_environment (release_id, project_id, environment_id, last_deploy_id)
     values ($1, $2, $3, $4)`,
    [releaseId, projectId, environmentId, deployId],
  );
  await add('insert into group_counter (project_id, last_short_id) values ($1, 1)', of);
  const groupId = await add(
    `insert into group_ (project_id, short_id, title, first_seen, last_seen, active_at, first_release_id)
     values ($1, 1, 'Oops', now(), now(), now(), $2) returning id`,
    [projectId, releaseId],
  );
  const group = [groupId];
  const groupOf = [groupId, projectId];
  await add(
    `insert into group_hash (group_id, project_id, hash) values ($1, $2, '\\x01')`,
    groupOf,
  );
  await add(
    `insert into event (group_id, project_id, event_id, timestamp, data)
     values ($1, $2, gen_random_uuid(), now(), '{}')`,
    groupOf,
  );
  await add(
    `insert into activity (group_id, project_id, type) values ($1, $2, 'note'), (null, $2, 'release')`,
    groupOf,
  );
  await add('insert into group_inbox (group_id, project_id) values ($1, $2)', groupOf);
  await add('insert into group_user (group_id, project_id, user_hash) values ($1, $2, 1)', groupOf);
  await add('insert into group_hour (group_id, hour, count) values ($1, now(), 1)', group);
  await add('insert into group_assignee (group_id, team_id) values ($1, $2)', [groupId, teamId]);
  for (const table of ['group_seen', 'group_bookmark', 'group_share', 'group_subscription']) {
    await add(`insert into ${table} (group_id, user_id) values ($1, $2)`, [groupId, userId]);
  }
  await add('insert into group_snooze (group_id, times_seen_before) values ($1, 1)', group);
  await add(
    'insert into group_environment (group_id, environment_id, first_seen) values ($1, $2, now())',
    [groupId, environmentId],
  );
  await add(
    `insert into group_release (group_id, release_id, environment_id, first_seen, last_seen)
     values ($1, $2, $3, now(), now())`,
    [groupId, releaseId, environmentId],
  );
  await add(
    `insert into group_resolution (group_id, release_id, type) values ($1, $2, 'in_release')`,
    [groupId, releaseId],
  );
  await add(
    `insert into group_history (group_id, project_id, organization_id, status) values ($1, $2, $3, 'resolved')`,
    [...groupOf, organizationId],
  );
  const linkId = await add(
    `insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
     values ($1, $2, 'commit', $3, 'resolves') returning id`,
    [...groupOf, commitId],
  );
  await add('insert into resolved_link (release_id, group_link_id) values ($1, $2)', [
    releaseId,
    linkId,
  ]);
  return projectId;
}

/** How many rows every table has. */
export async function countRows(pool: Pool): Promise<Record<string, number>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace order by 1`,
  );
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int from ${name}`);
  const { rows } = await pool.query<{ name: string; count: number }>(counts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

/**
 * Every table with a foreign key, on whatever ways and of whatever kind that counts, to one of these tables, or with a
 * column named after one.
 */
export async function tablesBelow(
  pool: Pool,
  root: 'project' | 'organization',
  kinds: 'any' | 'owned',
): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `with recursive reference (child, parent) as (
       select conrelid, confrelid from pg_constraint where contype = 'f' and (confdeltype = 'c' or $2 = 'any')
       union
       select attrelid, root.oid
         from pg_attribute
         join pg_class child on child.oid = attrelid and child.relkind in ('r', 'p') and not child.relispartition
         join pg_class root on attname = root.relname || '_id' and root.relname in ('project', 'organization')
        where not attisdropped and root.relnamespace = 'public'::regnamespace),
     below (oid) as (
       select $1::regclass::oid
       union select child from reference join below on parent = below.oid)
     select oid::regclass::text as name from below where oid <> $1::regclass order by 1`,
    [root, kinds],
  );
  return rows.map(({ name }) => name);
}
