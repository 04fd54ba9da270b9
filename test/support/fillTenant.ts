import { randomUUID } from 'node:crypto';
import type { Pool } from '../../db/pool.ts';
import type { Tenant } from './tenant.ts';

/** What paths of a filled organization may name. */
export type FilledTenant = Readonly<{
  version: string;
  issue: string;
  webhook: string;
  member: string;
  key: string;
  repository: string;
  token: string;
}>;

/**
 * Adds `count` of everything that lists show: to the organization, to its project `web`, to one release, one issue and
 * one webhook. All people have avatars, and all commits are by them.
 */
export async function fillTenant(
  pool: Pool,
  { organizationId, slug, teamId, web, ownerId }: Tenant,
  count: number,
): Promise<FilledTenant> {
  const run = async (text: string, ...more: unknown[]): Promise<string> => {
    // Everything that statements here may need, whichever of it they use.
    const given = `with given as (select $1::bigint as organization_id, $2::bigint as project_id, $3::bigint as owner_id),
                        i as (select generate_series(1, $4::int) as i), `;
    const { rows } = await pool.query<{ id: string }>(given + text, [
      organizationId,
      web.id,
      ownerId,
      count,
      ...more,
    ]);
    return rows[0]?.id ?? '';
  };
  await run(
    `people as (insert into app_user (username, name) select $5 || '-person-' || i, 'Person ' || i from i returning id, username),
     mailed as (insert into user_email (user_id, email, is_primary, is_verified)
                select id, username || '@acme.test', true, true from people),
     joined as (insert into member (organization_id, user_id) select organization_id, id from given, people returning id),
     of_team as (insert into team_member (team_id, member_id) select $6::bigint, id from joined)
     insert into avatar (user_id, type, ident)
     select id, 'upload', md5('user' || id) from people`,
    slug,
    teamId,
  );
  await run(
    `teams as (insert into team (organization_id, slug, name)
               select organization_id, 'team-' || i, 'Team' from given, i returning id),
     projects as (insert into project (organization_id, slug, name)
                  select organization_id, 'project-' || i, 'Project' from given, i returning id),
     of_crew as (insert into project_team select id, $5::bigint from projects),
     of_all as (insert into project_team select project_id, id from given, teams),
     team_avatars as (insert into avatar (team_id, type, ident) select id, 'upload', md5('team' || id) from teams),
     project_avatars as (insert into avatar (project_id, type, ident) select id, 'upload', md5('project' || id) from projects),
     keys as (insert into project_key (project_id, public_key) select project_id, md5('key' || project_id || i) from given, i),
     organizations as (insert into organization (slug, name) select $6 || '-' || i, 'Other' from i returning id),
     owned as (insert into member (organization_id, user_id, role) select id, owner_id, 'owner' from organizations, given),
     tokens as (insert into api_token (user_id, token_hash, token_last_characters, scopes)
                select owner_id, sha256(convert_to($6 || 'api' || i, 'UTF8')), 'abcd', '{}' from given, i)
     insert into org_auth_token (organization_id, name, token_hash, token_last_characters, scopes)
     select organization_id, 'Token ' || i, sha256(convert_to($6 || 'org' || i, 'UTF8')), 'abcd', '{}' from given, i`,
    teamId,
    slug,
  );
  await run(
    `people as (select user_id, row_number() over (order by user_id) as i from member, given
                 where member.organization_id = given.organization_id and user_id <> owner_id)
     insert into audit_log (organization_id, event, actor_id, target_user)
     select organization_id, 'member.add', user_id, user_id from given, people`,
  );
  const version = 'full';
  await fillReleases(run, slug, version);
  return {
    version,
    issue: await fillIssues(run, version),
    webhook: await fillWebhook(run),
    ...(await someOf(pool, organizationId)),
  };
}

/** Ids of one of each of what has details of its own. */
async function someOf(
  pool: Pool,
  organizationId: string,
): Promise<Pick<FilledTenant, 'member' | 'key' | 'repository' | 'token'>> {
  const { rows } = await pool.query(
    `select (select max(id) from member where organization_id = $1) as member,
            (select public_key from project_key join project on project.id = project_id
              where organization_id = $1 and slug = 'web' limit 1) as key,
            (select max(id) from repository where organization_id = $1) as repository,
            (select max(id) from org_auth_token where organization_id = $1) as token`,
    [organizationId],
  );
  return rows[0];
}

type Run = (text: string, ...more: unknown[]) => Promise<string>;

async function fillReleases(run: Run, slug: string, version: string): Promise<void> {
  await run(
    `repositories as (insert into repository (organization_id, name)
                      select organization_id, 'repository-' || i from given, i returning id, name),
     authors as (insert into commit_author (organization_id, name, email)
                 select organization_id, 'Person', $5 || '-person-' || i || '@acme.test' from given, i returning id, email)
     insert into commit (organization_id, repository_id, key, author_id, message)
     select organization_id, repositories.id, md5('commit' || i), authors.id, 'Fixes it'
       from given, i
       join repositories on repositories.name = 'repository-' || i
       join authors on authors.email = $5 || '-person-' || i || '@acme.test'`,
    slug,
  );
  await run(
    `commits as (select commit.id, commit.author_id, row_number() over (order by commit.id) as i
                   from commit join given using (organization_id)),
     releases as (
       insert into release (organization_id, version, owner_id, last_commit_id, author_ids)
       select given.organization_id, case i when 1 then $5 else 'version-' || i end, owner_id, commits.id,
              array(select author_id from commits)
         from given, commits returning id, version),
     linked as (insert into release_project (release_id, project_id) select id, project_id from releases, given),
     files as (insert into commit_file_change (commit_id, filename, type) select id, 'file-' || i, 'A' from commits)
     insert into release_commit (release_id, commit_id, position)
     select releases.id, commits.id, i from releases, commits where version = $5`,
    version,
  );
  await run(
    `releases as (select release.id from release join given using (organization_id) where version = $5),
     environments as (insert into environment (organization_id, name)
                      select organization_id, 'environment-' || i from given, i returning id),
     linked as (insert into environment_project (environment_id, project_id) select id, project_id from environments, given),
     deploys as (insert into deploy (organization_id, release_id, environment_id, date_finished, fingerprint)
                 select organization_id, releases.id, environments.id, now(), '' from given, releases, environments
                 returning id, release_id, environment_id)
     insert into release_project_environment (release_id, project_id, environment_id, last_deploy_id)
     select release_id, project_id, environment_id, id from deploys, given`,
    version,
  );
}

/** @returns one issue that has as many events, activities and links as there are issues. */
async function fillIssues(run: Run, version: string): Promise<string> {
  await run(
    `groups as (insert into group_ (project_id, short_id, title, status, first_seen, last_seen, active_at)
                select project_id, i, 'Broken', 'resolved', now(), now(), now() from given, i returning id, project_id),
     releases as (select release.id from release join given using (organization_id) where version = $5)
     insert into group_resolution (group_id, release_id, type, actor_id)
     select groups.id, releases.id, 'in_release', owner_id from groups, releases, given`,
    version,
  );
  return run(
    `issue as (select id from group_ join given using (project_id) order by id limit 1),
     people as (select user_id, row_number() over (order by user_id) as i from member
                  join given using (organization_id) where user_id <> owner_id),
     events as (insert into event (project_id, event_id, group_id, timestamp, data)
                select project_id, gen_random_uuid(), issue.id, now(), '{}' from given, issue, i),
     activities as (insert into activity (project_id, group_id, type, user_id)
                    select project_id, issue.id, 'note', user_id from given, issue, people),
     history as (insert into group_history (organization_id, project_id, group_id, actor_id, status)
                 select organization_id, project_id, issue.id, user_id, 'resolved' from given, issue, people),
     seen as (insert into group_seen (group_id, user_id) select issue.id, user_id from issue, people),
     subscribed as (insert into group_subscription (group_id, user_id) select issue.id, user_id from issue, people),
     outside as (insert into external_issue (organization_id, provider, key, url)
                 select organization_id, 'github', 'acme/web#' || i, 'https://github.test' from given, i returning id),
     linked as (insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
                select issue.id, project_id, 'external_issue', outside.id, 'references' from issue, given, outside)
     select id from issue`,
  );
}

/** @returns one webhook that all deliveries are of. */
function fillWebhook(run: Run): Promise<string> {
  return run(
    `webhooks as (insert into webhook (organization_id, url, events, secret_encrypted)
                  select organization_id, 'https://hook.test', '{release.created}', '' from given, i returning id),
     webhook as (select min(id) as id from webhooks),
     events as (insert into outbox (id, organization_id, project_ids, type, payload, relayed_at)
                select gen_random_uuid(), organization_id, '{}', 'release.created', '{}', now() from given, i returning id),
     deliveries as (insert into delivery (id, outbox_id, organization_id, webhook_id, state, next_try, workflow_id)
                    select gen_random_uuid(), events.id, organization_id, webhook.id, 'delivered', null, $5
                      from given, events, webhook)
     select id from webhook`,
    randomUUID(),
  );
}
