import { z } from 'zod';
import { issueReferences } from '../../domain/issueReferences.ts';
import { pullRequestText } from '../../domain/pullRequest.ts';
import { assignToAuthors } from '../groups/assignToAuthors.ts';
import { findReferencedGroups } from '../groups/findReferencedGroups.ts';
import { insertGroupActivity } from '../groups/insertGroupActivity.ts';
import { insertGroupHistory } from '../groups/insertGroupHistory.ts';
import type { ReferenceScope } from '../groups/linkCommitReferences.ts';
import { reopenUnlinked } from '../groups/reopenUnlinked.ts';
import { many, type Transaction } from '../pool.ts';

type LinkedPullRequest = Readonly<{ id: string; title: string | null; message: string | null }>;

/**
 * Links a pull request to the issues that its text resolves, drops the links that it no longer names, and tells the
 * issues (groups-projects-orgs 1.5). Their status changes when a release contains its merge commit, not before.
 */
export async function linkPullRequestReferences(
  tx: Transaction,
  scope: ReferenceScope,
  pullRequest: LinkedPullRequest,
): Promise<void> {
  const { organizationId, instanceHost } = scope;
  const references = issueReferences(pullRequestText(pullRequest), { instanceHost });
  const wanted = await findReferencedGroups(tx, organizationId, [
    { id: pullRequest.id, references },
  ]);
  const groupIds = wanted.map(({ groupId }) => groupId);
  const dropped = await many(tx, groupRow, {
    name: 'dropPullRequestLinks',
    text: `delete from group_link
            where linked_type = 'pull_request' and relationship = 'resolves' and linked_id = $1
              and group_id <> all($2::bigint[])
           returning group_id`,
    values: [pullRequest.id, groupIds],
  });
  await reopenUnlinked(tx, organizationId, dropped);
  if (groupIds.length === 0) return;
  const linked = await insertLinks(tx, organizationId, pullRequest.id, groupIds);
  await insertGroupActivity(
    tx,
    linked.map(({ groupId, userId }) => ({
      groupId,
      type: 'set_resolved_in_pull_request',
      ident: pullRequest.id,
      userId,
      data: { pull_request: pullRequest.id },
    })),
  );
  await insertGroupHistory(
    tx,
    linked.map(({ groupId, userId }) => ({
      groupId,
      status: 'resolved_in_pull_request',
      actorId: userId,
    })),
  );
  // Whoever opens a pull request for an issue works on it, whomever it was assigned to before.
  const authors = linked.flatMap(({ groupId, userId }) =>
    userId === null ? [] : [{ groupId, userId }],
  );
  await assignToAuthors(tx, authors, { replaces: true });
}

const groupRow = z.object({ group_id: z.string() }).transform((row) => row.group_id);

const linkedRow = z
  .object({ group_id: z.string(), user_id: z.string().nullable() })
  .transform((row) => ({ groupId: row.group_id, userId: row.user_id }));

/** New links only, each with the member who has the author's verified e-mail. */
function insertLinks(
  tx: Transaction,
  organizationId: string,
  pullRequestId: string,
  groupIds: readonly string[],
): Promise<z.output<typeof linkedRow>[]> {
  return many(tx, linkedRow, {
    name: 'insertPullRequestLinks',
    text: `with created as (
             insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
             select id, project_id, 'pull_request', $2, 'resolves' from group_ where id = any($3::bigint[]) order by id
             on conflict on constraint group_link_group_id_linked_type_linked_id_key do nothing
             returning group_id)
           select created.group_id, person.user_id
             from created
             left join lateral (
               select app_user.id as user_id
                 from pull_request
                 join commit_author author on author.id = pull_request.author_id
                 join user_email email on lower(email.email) = author.email and email.is_verified
                 join app_user on app_user.id = email.user_id and app_user.is_active
                 join member on member.user_id = app_user.id and member.organization_id = $1
                where pull_request.id = $2
                order by app_user.id
                limit 1) person on true
            order by created.group_id`,
    values: [organizationId, pullRequestId, groupIds],
  });
}
