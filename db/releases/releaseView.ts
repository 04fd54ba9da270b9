import { z } from 'zod';

/** A person as JSON sub-selects build it: a member of the organization when the e-mail belongs to one. */
export type AuthorView = Readonly<{
  name: string | null;
  email: string;
  user: UserView | null;
}>;

export type UserView = Readonly<{
  id: string;
  username: string;
  name: string;
  email: string | null;
  isActive: boolean;
  dateJoined: string;
}>;

export type RepositoryView = Readonly<{
  id: string;
  name: string;
  url: string | null;
  provider: string | null;
  status: string;
  dateCreated: string;
  integrationId: string | null;
  externalId: string | null;
}>;

export type PullRequestView = Readonly<{
  key: string;
  title: string | null;
  message: string | null;
  dateCreated: string;
  repository: RepositoryView;
  author: AuthorView | null;
}>;

export type CommitView = Readonly<{
  key: string;
  message: string | null;
  dateCreated: string;
  repository: RepositoryView | null;
  author: AuthorView | null;
  /** The one that this commit merged. */
  pullRequest: PullRequestView | null;
}>;

export type DeployView = Readonly<{
  id: string;
  environment: string;
  name: string | null;
  url: string | null;
  dateStarted: string | null;
  dateFinished: string;
}>;

export type ReleaseProjectView = Readonly<{
  id: string;
  slug: string;
  name: string;
  platform: string | null;
  platforms: readonly string[];
  newGroups: number;
  firstEvent: string | null;
  lastEvent: string | null;
}>;

/** SQL of a user as JSON; `app_user` and `email` must be in scope under these names. */
export const userJson = `json_build_object(
    'id', app_user.id::text, 'username', app_user.username, 'name', app_user.name, 'email', email.email,
    'isActive', app_user.is_active, 'dateJoined', app_user.date_added::text)`;

/** SQL of the user with an id, given as SQL, as JSON. */
export const userById = (id: string): string => `(select ${userJson}
     from app_user left join user_email email on email.user_id = app_user.id and email.is_primary
    where app_user.id = ${id})`;

/**
 * SQL of an author as JSON, matched to an active member by primary, then any other e-mail (releases-api 13.4); the
 * member is shown with the primary one, whichever matched.
 * Timestamps inside of JSON are cast to text, so that they read like those of plain columns.
 */
export const authorJson = `json_build_object('name', author.name, 'email', author.email, 'user', (
    select ${userJson}
      from user_email matched
      join app_user on app_user.id = matched.user_id and app_user.is_active
      join member on member.user_id = app_user.id and member.organization_id = author.organization_id
      left join user_email email on email.user_id = app_user.id and email.is_primary
     where lower(matched.email) = author.email
     order by matched.is_primary desc, app_user.id
     limit 1))`;

export const repositoryJson = `json_build_object(
    'id', repository.id::text, 'name', repository.name, 'url', repository.url, 'provider', repository.provider,
    'status', repository.status, 'dateCreated', repository.date_added::text,
    'integrationId', repository.integration_id, 'externalId', repository.external_id)`;

/** SQL of a pull request as JSON; `pull_request` must be in scope under this name. */
export const pullRequestJson = `json_build_object(
    'key', pull_request.key, 'title', pull_request.title, 'message', pull_request.message,
    'dateCreated', pull_request.date_added::text,
    'repository', (select ${repositoryJson} from repository where repository.id = pull_request.repository_id),
    'author', (select ${authorJson} from commit_author author where author.id = pull_request.author_id))`;

export const commitJson = `json_build_object(
    'key', commit.key, 'message', commit.message, 'dateCreated', commit.date_added::text,
    'repository', (select ${repositoryJson} from repository where repository.id = commit.repository_id),
    'author', (select ${authorJson} from commit_author author where author.id = commit.author_id),
    'pullRequest', (select ${pullRequestJson} from pull_request
                     where pull_request.organization_id = commit.organization_id
                       and pull_request.merge_commit_sha = commit.key
                     order by pull_request.id
                     limit 1))`;

export const deployJson = `json_build_object(
    'id', deploy.id::text, 'environment', environment.name, 'name', deploy.name, 'url', deploy.url,
    'dateStarted', deploy.date_started::text, 'dateFinished', deploy.date_finished::text)`;

/** SQL of the platforms that a project has had issues from; `project` must be in scope. */
export const platformsJson = `(select coalesce(json_agg(seen.platform order by seen.platform), '[]')
     from project_platform seen where seen.project_id = project.id)`;

/** Columns of a release with everything its JSON shows: one statement, whatever the number of releases. */
export const releaseColumns = `release.id, release.organization_id, release.version, release.status, release.ref, release.url,
  release.user_agent, release.date_added, release.date_released, release.data, release.commit_count,
  release.total_deploys, release.applied_revision,
  ${userById('release.owner_id')} as owner,
  (select ${commitJson} from commit where commit.id = release.last_commit_id) as last_commit,
  (select ${deployJson}
     from deploy join environment on environment.id = deploy.environment_id
    where deploy.id = release.last_deploy_id) as last_deploy,
  (select coalesce(json_agg(${authorJson} order by author.id), '[]')
     from commit_author author where author.id = any(release.author_ids)) as authors,
  (select coalesce(json_agg(json_build_object(
            'id', project.id::text, 'slug', project.slug, 'name', project.name, 'platform', project.platform,
            'platforms', ${platformsJson}, 'newGroups', release_project.new_groups,
            'firstEvent', seen.first_event, 'lastEvent', seen.last_event) order by project.slug), '[]')
     from release_project
     join project on project.id = release_project.project_id
    cross join lateral (
      select min(first_event)::text as first_event, max(last_event)::text as last_event
        from release_project_environment link
       where link.release_id = release.id and link.project_id = project.id) seen
    where release_project.release_id = release.id and project.status = 'active') as projects`;

export const releaseViewRow = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    version: z.string(),
    status: z.enum(['open', 'archived']),
    ref: z.string().nullable(),
    url: z.string().nullable(),
    user_agent: z.string().nullable(),
    date_added: z.string(),
    date_released: z.string().nullable(),
    data: z.custom<Record<string, unknown>>(),
    commit_count: z.number(),
    total_deploys: z.number(),
    applied_revision: z.string(),
    owner: z.custom<UserView | null>(),
    last_commit: z.custom<CommitView | null>(),
    last_deploy: z.custom<DeployView | null>(),
    authors: z.custom<readonly AuthorView[]>(),
    projects: z.custom<readonly ReleaseProjectView[]>(),
  })
  .transform((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    version: row.version,
    status: row.status,
    ref: row.ref,
    url: row.url,
    userAgent: row.user_agent,
    dateAdded: row.date_added,
    dateReleased: row.date_released,
    data: row.data,
    commitCount: row.commit_count,
    deployCount: row.total_deploys,
    revision: row.applied_revision,
    owner: row.owner,
    lastCommit: row.last_commit,
    lastDeploy: row.last_deploy,
    authors: row.authors,
    projects: row.projects,
  }));

export type ReleaseView = z.output<typeof releaseViewRow>;
