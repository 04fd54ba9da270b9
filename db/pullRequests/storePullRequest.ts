import { z } from 'zod';
import type { PullRequestInput } from '../../domain/pullRequest.ts';
import type { ReferenceScope } from '../groups/linkCommitReferences.ts';
import { one, type Transaction } from '../pool.ts';
import { linkPullRequestReferences } from './linkPullRequestReferences.ts';
import { tellStateChange } from './tellStateChange.ts';

const storedRow = z
  .object({
    id: z.string(),
    key: z.string(),
    title: z.string().nullable(),
    message: z.string().nullable(),
    merge_commit_sha: z.string().nullable(),
    state: z.string().nullable(),
    state_before: z.string().nullable(),
    date_added: z.string(),
    is_new: z.boolean(),
  })
  .transform((row) => ({
    id: row.id,
    key: row.key,
    title: row.title,
    message: row.message,
    mergeCommitSha: row.merge_commit_sha,
    state: row.state,
    stateBefore: row.state_before,
    dateAdded: row.date_added,
    isNew: row.is_new,
  }));

export type StoredPullRequest = z.output<typeof storedRow>;

/**
 * Creates or updates a pull request of a repository and links it to the issues that its text says it resolves
 * (groups-projects-orgs 1.5). What is null stays as it was.
 */
export async function storePullRequest(
  tx: Transaction,
  scope: ReferenceScope,
  repositoryId: string,
  pullRequest: PullRequestInput,
): Promise<StoredPullRequest> {
  const authorId =
    pullRequest.author === null
      ? null
      : await ensureAuthor(tx, scope.organizationId, pullRequest.author);
  const stored = await one(tx, storedRow, {
    name: 'storePullRequest',
    text: `with before as (select state from pull_request where repository_id = $2 and key = $3)
           insert into pull_request as stored
             (organization_id, repository_id, key, title, message, author_id, merge_commit_sha, state)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict on constraint pull_request_repository_id_key_key
           do update set title = coalesce(excluded.title, stored.title),
                         message = coalesce(excluded.message, stored.message),
                         author_id = coalesce(excluded.author_id, stored.author_id),
                         merge_commit_sha = coalesce(excluded.merge_commit_sha, stored.merge_commit_sha),
                         state = coalesce(excluded.state, stored.state)
           returning id, key, title, message, merge_commit_sha, state, date_added, xmax = 0 as is_new,
                     (select state from before) as state_before`,
    values: [
      scope.organizationId,
      repositoryId,
      pullRequest.key,
      pullRequest.title,
      pullRequest.message,
      authorId,
      pullRequest.mergeCommitSha,
      pullRequest.state,
    ],
  });
  await linkPullRequestReferences(tx, scope, stored);
  if (!stored.isNew) await tellStateChange(tx, stored);
  return stored;
}

/** A name that a host does not tell must not take away one that a commit has told. */
async function ensureAuthor(
  tx: Transaction,
  organizationId: string,
  { email, name }: Readonly<{ email: string; name: string | null }>,
): Promise<string> {
  const { id } = await one(tx, z.object({ id: z.string() }), {
    name: 'ensurePullRequestAuthor',
    text: `insert into commit_author as stored (organization_id, email, name) values ($1, lower($2), $3)
           on conflict on constraint commit_author_organization_id_email_key
           do update set name = coalesce(excluded.name, stored.name)
           returning id`,
    values: [organizationId, email, name],
  });
  return id;
}
