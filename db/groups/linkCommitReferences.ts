import { z } from 'zod';
import { issueReferences } from '../../domain/issueReferences.ts';
import { announceIssues } from '../outbox/announceIssues.ts';
import { exec, many, type Transaction } from '../pool.ts';
import { assignToAuthors } from './assignToAuthors.ts';
import { findReferencedGroups, type Reference } from './findReferencedGroups.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';
import { lockGroups } from './lockGroups.ts';
import { markResolved } from './markResolved.ts';
import { reopenUnlinked } from './reopenUnlinked.ts';

/** A commit whose message is new or has changed. */
export type ReferencingCommit = Readonly<{ id: string; message: string | null; isNew: boolean }>;

export type ReferenceScope = Readonly<{
  organizationId: string;
  /** Host of this server: links to other hosts name other issues. */
  instanceHost: string;
}>;

/**
 * Links commits to the issues that their messages say they resolve, drops links that a changed message no longer
 * names, and tells the issues (groups-projects-orgs 1.4). Resolution itself comes with a release that has the commit,
 * unless the organization wants it at once. Messages without references cost no statement.
 */
export async function linkCommitReferences(
  tx: Transaction,
  scope: ReferenceScope,
  commits: readonly ReferencingCommit[],
): Promise<void> {
  const texts = commits.map(({ id, message }) => ({
    id,
    references: issueReferences(message, { instanceHost: scope.instanceHost }),
  }));
  const wanted = await findReferencedGroups(tx, scope.organizationId, texts);
  const changed = commits.filter((commit) => !commit.isNew).map((commit) => commit.id);
  if (changed.length > 0) {
    await reopenUnlinked(tx, scope.organizationId, await dropLinks(tx, changed, wanted));
  }
  if (wanted.length === 0) return;
  const linked = await insertLinks(tx, scope.organizationId, wanted);
  if (linked.length > 0) await tellGroups(tx, scope.organizationId, linked);
}

const groupRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

/** Answers the groups of the links that went. */
async function dropLinks(
  tx: Transaction,
  commitIds: readonly string[],
  wanted: readonly Reference[],
): Promise<string[]> {
  return many(tx, groupRow, {
    name: 'dropLinks',
    text: `delete from group_link
            where linked_type = 'commit' and relationship = 'resolves' and linked_id = any($1::bigint[])
              and (linked_id, group_id) not in (
                    select commit_id, group_id from unnest($2::bigint[], $3::bigint[]) as given (commit_id, group_id))
           returning group_id`,
    values: [
      commitIds,
      wanted.map((reference) => reference.textId),
      wanted.map((reference) => reference.groupId),
    ],
  });
}

const linkedRow = z
  .object({
    commit_id: z.string(),
    group_id: z.string(),
    user_ids: z.array(z.string()),
    assigns_itself: z.boolean(),
    resolves_at_once: z.boolean(),
  })
  .transform((row) => ({
    commitId: row.commit_id,
    groupId: row.group_id,
    userIds: row.user_ids,
    assignsItself: row.assigns_itself,
    resolvesAtOnce: row.resolves_at_once,
  }));

type Linked = z.output<typeof linkedRow>;

/**
 * New links only, each with the people behind the commit: members with the author's verified e-mail, of whom the first
 * one acts.
 */
async function insertLinks(
  tx: Transaction,
  organizationId: string,
  wanted: readonly Reference[],
): Promise<Linked[]> {
  return many(tx, linkedRow, {
    name: 'insertCommitLinks',
    text: `with created as (
             insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
             select group_.id, group_.project_id, 'commit', given.commit_id, 'resolves'
               from unnest($2::bigint[], $3::bigint[]) as given (commit_id, group_id)
               join group_ on group_.id = given.group_id
              order by group_.id, given.commit_id
             on conflict on constraint group_link_group_id_linked_type_linked_id_key do nothing
             returning group_id, linked_id)
           select created.linked_id::text as commit_id, created.group_id::text, person.user_ids,
                  coalesce(person.assigns_itself, false) as assigns_itself,
                  exists (
                    select from organization_option
                     where organization_id = $1 and key = 'slipway:resolve_on_commit' and value::text = 'true'
                  ) as resolves_at_once
             from created
             join commit on commit.id = created.linked_id
             left join commit_author author on author.id = commit.author_id
             cross join lateral (
               select coalesce(array_agg(matched.id::text order by matched.id), '{}') as user_ids,
                      (array_agg(matched.assigns_itself order by matched.id))[1] as assigns_itself
                 from (select distinct on (app_user.id)
                              app_user.id, coalesce(option.value::text = '"1"', false) as assigns_itself
                         from user_email email
                         join app_user on app_user.id = email.user_id and app_user.is_active
                         join member on member.user_id = app_user.id and member.organization_id = $1
                         left join user_option option on option.user_id = app_user.id
                                                     and option.key = 'self_assign_issue'
                        where lower(email.email) = author.email and email.is_verified
                        order by app_user.id) matched) person`,
    values: [
      organizationId,
      wanted.map((reference) => reference.textId),
      wanted.map((reference) => reference.groupId),
    ],
  });
}

async function tellGroups(
  tx: Transaction,
  organizationId: string,
  linked: readonly Linked[],
): Promise<void> {
  const atOnce = linked.filter(({ resolvesAtOnce }) => resolvesAtOnce);
  await insertGroupActivity(
    tx,
    linked.map(({ groupId, commitId, userIds, resolvesAtOnce }) => ({
      groupId,
      type: resolvesAtOnce ? 'set_resolved_in_commit' : 'referenced_in_commit',
      ident: commitId,
      userId: userIds[0] ?? null,
      data: { commit: commitId },
    })),
  );
  const authors = linked.flatMap(({ groupId, userIds: [userId], assignsItself }) =>
    userId === undefined || !assignsItself ? [] : [{ groupId, userId }],
  );
  await assignToAuthors(tx, authors, { replaces: false });
  await subscribePeople(tx, linked);
  if (atOnce.length > 0) await resolveAtOnce(tx, organizationId, atOnce);
}

async function subscribePeople(tx: Transaction, linked: readonly Linked[]): Promise<void> {
  const people = linked.flatMap(({ groupId, userIds }) =>
    userIds.map((userId) => ({ groupId, userId })),
  );
  if (people.length === 0) return;
  await exec(tx, {
    name: 'subscribePeople',
    text: `insert into group_subscription (group_id, user_id, reason)
           select distinct group_id, user_id, 'status_change'
             from unnest($1::bigint[], $2::bigint[]) as given (group_id, user_id)
           on conflict on constraint group_subscription_pkey do nothing`,
    values: [people.map(({ groupId }) => groupId), people.map(({ userId }) => userId)],
  });
}

/** What organizations get that chose the older behaviour (decisions 21). */
async function resolveAtOnce(
  tx: Transaction,
  organizationId: string,
  linked: readonly Linked[],
): Promise<void> {
  const locked = await lockGroups(tx, [...new Set(linked.map(({ groupId }) => groupId))]);
  await markResolved(
    tx,
    locked.map(({ id }) => id),
  );
  await insertGroupHistory(
    tx,
    linked.map(({ groupId, userIds }) => ({
      groupId,
      status: 'resolved_in_commit',
      actorId: userIds[0] ?? null,
    })),
  );
  // Whoever stores commits knows nothing of deliveries: the reconciler relays these.
  const resolved = locked.filter(({ status }) => status !== 'resolved').map(({ id }) => id);
  await announceIssues(tx, organizationId, 'issue.resolved', resolved);
}
