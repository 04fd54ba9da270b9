import { z } from 'zod';
import type { NormalisedCommits } from '../../domain/commitList.ts';
import {
  linkCommitReferences,
  type ReferenceScope,
  type ReferencingCommit,
} from '../groups/linkCommitReferences.ts';
import { exec, many, type Transaction } from '../pool.ts';
import { lockRepositoryNames } from '../repositories.ts';

/**
 * Stores repositories, authors, commits and file changes of a list, links commits to the issues that their messages
 * name, and answers the commit ids, by index.
 * The number of statements is the same for one commit and for thousands. Doing it twice writes nothing the second time.
 */
export async function storeCommits(
  tx: Transaction,
  scope: ReferenceScope,
  list: NormalisedCommits,
): Promise<string[]> {
  const { organizationId } = scope;
  const repositoryIds = await ensureRepositories(tx, organizationId, list.repositories);
  const authorIds = await upsertAuthors(tx, organizationId, list.authors);
  const rows = list.commits.map((commit) => ({
    repositoryId: at(repositoryIds, commit.repository),
    key: commit.key,
    authorId: commit.author === null ? null : at(authorIds, commit.author),
    message: commit.message,
    isMessageSent: commit.isMessageSent,
    timestamp: commit.timestamp,
  }));
  const { ids, touched, hasStored } = await upsertCommits(tx, organizationId, rows);
  await linkCommitReferences(tx, scope, touched);
  await insertFileChanges(
    tx,
    list.fileChanges.map(({ commit, filename, type }) => ({
      commitId: at(ids, commit),
      filename,
      type,
    })),
    hasStored,
  );
  return ids;
}

type CommitRow = Readonly<{
  repositoryId: string;
  key: string;
  authorId: string | null;
  message: string | null;
  isMessageSent: boolean;
  timestamp: string | null;
}>;

const positionedIdRow = z.object({ position: z.coerce.number(), id: z.string() });

/** The newest active repository of each name, created where there is none (releases-api 4.4); by index. */
export async function ensureRepositories(
  tx: Transaction,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const known = await findActiveRepositories(tx, organizationId, names);
  if (known.size === names.length) return names.map((_, index) => known.get(index) ?? '');
  // Names are not unique, so a lock and not a constraint keeps two releases from creating the same one.
  await lockRepositoryNames(tx, organizationId);
  await exec(tx, {
    name: 'insertMissingRepositories',
    text: `insert into repository (organization_id, name)
           select $1, name from unnest($2::text[]) as given (name)
            where not exists (
              select from repository
               where organization_id = $1 and repository.name = given.name and status = 'active')`,
    values: [organizationId, names],
  });
  const ids = await findActiveRepositories(tx, organizationId, names);
  return names.map((_, index) => at(ids, index));
}

async function findActiveRepositories(
  tx: Transaction,
  organizationId: string,
  names: readonly string[],
): Promise<Map<number, string>> {
  const rows = await many(tx, positionedIdRow, {
    name: 'findActiveRepositories',
    text: `select given.position - 1 as position, max(repository.id)::text as id
             from unnest($2::text[]) with ordinality as given (name, position)
             join repository
               on repository.organization_id = $1 and repository.name = given.name and repository.status = 'active'
            group by given.position`,
    values: [organizationId, names],
  });
  return new Map(rows.map((row) => [row.position, row.id]));
}

/** A name that differs is overwritten, also by none (releases-api 4.5); by index. */
async function upsertAuthors(
  tx: Transaction,
  organizationId: string,
  authors: NormalisedCommits['authors'],
): Promise<string[]> {
  if (authors.length === 0) return [];
  const emails = authors.map((author) => author.email);
  await exec(tx, {
    name: 'upsertAuthors',
    // Only what differs is tried, so that a repeat locks and writes nothing; ordered, so that two releases with the
    // same people lock them in the same order.
    text: `insert into commit_author (organization_id, email, name)
           select $1, given.email, given.name
             from unnest($2::text[], $3::text[]) as given (email, name)
            where not exists (
              select from commit_author known
               where known.organization_id = $1 and known.email = given.email
                 and known.name is not distinct from given.name)
            order by given.email
           on conflict on constraint commit_author_organization_id_email_key
           do update set name = excluded.name where commit_author.name is distinct from excluded.name`,
    values: [organizationId, emails, authors.map((author) => author.name)],
  });
  const rows = await many(tx, positionedIdRow, {
    name: 'findAuthors',
    text: `select given.position - 1 as position, commit_author.id
             from unnest($2::text[]) with ordinality as given (email, position)
             join commit_author on commit_author.organization_id = $1 and commit_author.email = given.email`,
    values: [organizationId, emails],
  });
  const ids = new Map(rows.map((row) => [row.position, row.id]));
  return authors.map((_, index) => at(ids, index));
}

/** Inserts new commits and updates what was sent and differs, and only that (releases-api 4.6b). */
async function upsertCommits(
  tx: Transaction,
  organizationId: string,
  rows: readonly CommitRow[],
): Promise<Readonly<{ ids: string[]; touched: ReferencingCommit[]; hasStored: boolean }>> {
  const known = await findCommits(tx, rows);
  const missing = rows.filter((_, index) => !known.has(index));
  const inserted =
    missing.length === 0
      ? new Map<string, string>()
      : await insertCommits(tx, organizationId, missing);
  const isNew = (row: CommitRow): boolean => inserted.has(naturalKey(row));
  // What another release has inserted in the meantime is stored too.
  const stored = inserted.size < missing.length ? await findCommits(tx, rows) : known;
  const ids = rows.map((row, index) => {
    const id = inserted.get(naturalKey(row)) ?? stored.get(index);
    if (id === undefined) throw new TypeError('A stored commit cannot be found again');
    return id;
  });
  const updated =
    inserted.size === rows.length
      ? new Set<string>()
      : await updateCommits(
          tx,
          rows.filter((row) => !isNew(row)),
        );
  const touched = rows.flatMap((row, index) => {
    const id = at(ids, index);
    return row.isMessageSent && (isNew(row) || updated.has(id))
      ? [{ id, message: row.message, isNew: isNew(row) }]
      : [];
  });
  return { ids, touched, hasStored: inserted.size < rows.length };
}

function naturalKey({ repositoryId, key }: Pick<CommitRow, 'repositoryId' | 'key'>): string {
  return `${repositoryId} ${key}`;
}

const givenCommits = `unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::boolean[], $6::timestamptz[])
  with ordinality as given (repository_id, key, author_id, message, is_message_sent, date_added, position)`;

const differs = `((given.author_id is not null and given.author_id is distinct from commit.author_id)
  or (given.is_message_sent and given.message is distinct from commit.message)
  or (given.date_added is not null and given.date_added <> commit.date_added))`;

function commitValues(rows: readonly CommitRow[]): unknown[] {
  return [
    rows.map((row) => row.repositoryId),
    rows.map((row) => row.key),
    rows.map((row) => row.authorId),
    rows.map((row) => row.message),
    rows.map((row) => row.isMessageSent),
    rows.map((row) => row.timestamp),
  ];
}

/** Ids of the commits that are stored, by index. */
async function findCommits(
  tx: Transaction,
  rows: readonly CommitRow[],
): Promise<Map<number, string>> {
  const found = await many(tx, positionedIdRow, {
    name: 'findCommits',
    text: `select given.position - 1 as position, commit.id
             from unnest($1::bigint[], $2::text[]) with ordinality as given (repository_id, key, position)
             join commit on commit.repository_id = given.repository_id and commit.key = given.key`,
    values: [rows.map((row) => row.repositoryId), rows.map((row) => row.key)],
  });
  return new Map(found.map((row) => [row.position, row.id]));
}

const insertedCommitRow = z.object({ id: z.string(), repository_id: z.string(), key: z.string() });

/** Answers the ids of those that are new, by repository id and key. */
async function insertCommits(
  tx: Transaction,
  organizationId: string,
  rows: readonly CommitRow[],
): Promise<Map<string, string>> {
  const inserted = await many(tx, insertedCommitRow, {
    name: 'insertCommits',
    text: `insert into commit (organization_id, repository_id, key, author_id, message, date_added)
           select $7, repository_id, key, author_id, message, coalesce(date_added, now())
             from ${givenCommits}
            order by repository_id, key
           on conflict on constraint commit_repository_id_key_key do nothing
           returning id, repository_id, key`,
    values: [...commitValues(rows), organizationId],
  });
  return new Map(
    inserted.map((row) => [naturalKey({ repositoryId: row.repository_id, key: row.key }), row.id]),
  );
}

/** Answers the ids of those that differed. */
async function updateCommits(tx: Transaction, rows: readonly CommitRow[]): Promise<Set<string>> {
  const updated = await many(tx, z.object({ id: z.string() }), {
    name: 'updateCommits',
    text: `update commit
              set author_id = coalesce(given.author_id, commit.author_id),
                  message = case when given.is_message_sent then given.message else commit.message end,
                  date_added = coalesce(given.date_added, commit.date_added)
             from ${givenCommits}
            where commit.repository_id = given.repository_id and commit.key = given.key and ${differs}
           returning commit.id`,
    values: commitValues(rows),
  });
  return new Set(updated.map((row) => row.id));
}

/**
 * File changes are only ever added: a stored one keeps its type (releases-api 4.6b). Changes of commits that are all
 * new cannot be stored, so nobody looks for them.
 */
async function insertFileChanges(
  tx: Transaction,
  changes: readonly Readonly<{ commitId: string; filename: string; type: string }>[],
  mayBeStored: boolean,
): Promise<void> {
  if (changes.length === 0) return;
  await exec(tx, {
    name: 'insertFileChanges',
    text: `insert into commit_file_change (commit_id, filename, type)
           select commit_id, filename, type::"char"
             from unnest($1::bigint[], $2::text[], $3::text[]) as given (commit_id, filename, type)
            where not $4 or not exists (
              select from commit_file_change stored
               where stored.commit_id = given.commit_id and stored.filename = given.filename)
            order by commit_id, filename
           on conflict on constraint commit_file_change_commit_id_filename_key do nothing`,
    values: [
      changes.map((change) => change.commitId),
      changes.map((change) => change.filename),
      changes.map((change) => change.type),
      mayBeStored,
    ],
  });
}

function at(ids: readonly string[] | ReadonlyMap<number, string>, index: number): string {
  const id = Array.isArray(ids)
    ? (ids as readonly string[])[index]
    : (ids as ReadonlyMap<number, string>).get(index);
  if (id === undefined) throw new TypeError('A stored row cannot be found again');
  return id;
}
