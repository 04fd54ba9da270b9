import { z } from 'zod';
import { many, type Transaction } from '../pool.ts';
import { insertGroupActivity } from './insertGroupActivity.ts';
import { insertGroupHistory } from './insertGroupHistory.ts';

const fixRow = z
  .object({
    group_id: z.string(),
    commit_id: z.string(),
    actor_id: z.string().nullable(),
    was_resolved: z.boolean(),
    resolution_id: z.string(),
    version: z.string(),
  })
  .transform((row) => ({
    groupId: row.group_id,
    commitId: row.commit_id,
    actorId: row.actor_id,
    wasResolved: row.was_resolved,
    resolutionId: row.resolution_id,
    version: row.version,
  }));

export type Fix = z.output<typeof fixRow>;

/**
 * Resolves the issues that a release fixes: those linked to its commits, and those linked to pull requests that one of
 * its commits merged, in projects of the release (groups-projects-orgs 1.6). Each reference counts once for a release:
 * a list that is sent again resolves nothing again.
 * @returns the fixes, for whoever tells trackers and webhooks in the same transaction.
 */
export async function resolveReleaseGroups(tx: Transaction, releaseId: string): Promise<Fix[]> {
  const fixes = await many(tx, fixRow, {
    name: 'resolveReleaseGroups',
    // One statement for any number of groups. Where a commit and a pull request name the same group the commit counts;
    // else what resolved it is the merge of the pull request.
    text: `with contained as (
             select commit.id, commit.key, commit.author_id, commit.organization_id
               from release_commit join commit on commit.id = release_commit.commit_id
              where release_commit.release_id = $1),
           link as (
             select group_link.id, group_link.group_id, contained.id as commit_id, contained.author_id, false as is_merge
               from contained
               join group_link on group_link.linked_type = 'commit' and group_link.linked_id = contained.id
             union all
             select group_link.id, group_link.group_id, contained.id, pull_request.author_id, true
               from contained
               join pull_request on pull_request.organization_id = contained.organization_id
                                and pull_request.merge_commit_sha = contained.key
               join group_link on group_link.linked_type = 'pull_request' and group_link.relationship = 'resolves'
                              and group_link.linked_id = pull_request.id),
           fresh as (
             insert into resolved_link (release_id, group_link_id)
             select $1, link.id
               from link
               join group_ on group_.id = link.group_id and group_.status in ('unresolved', 'resolved', 'ignored')
               join release_project on release_project.release_id = $1 and release_project.project_id = group_.project_id
              group by link.id
              order by link.id
             on conflict on constraint resolved_link_pkey do nothing
             returning group_link_id),
           fix as (
             select distinct on (link.group_id) link.group_id, link.commit_id, (
                      select app_user.id
                        from commit_author author
                        join user_email email on lower(email.email) = author.email and email.is_verified
                        join app_user on app_user.id = email.user_id and app_user.is_active
                        join member person on person.user_id = app_user.id and person.organization_id = author.organization_id
                       where author.id = link.author_id
                       order by app_user.id
                       limit 1) as actor_id
               from fresh join link on link.id = fresh.group_link_id
              order by link.group_id, link.is_merge, link.commit_id),
           locked as (
             select group_.id, group_.status
               from group_
              where group_.id in (select group_id from fix)
              order by group_.id
                -- Whoever links or assigns an issue holds the lock of its key until their commit.
                for no key update),
           resolution as (
             insert into group_resolution (group_id, release_id, type, status, actor_id)
             select fix.group_id, $1, 'in_release', 'resolved', fix.actor_id from fix order by fix.group_id
             on conflict on constraint group_resolution_group_id_key
             do update set release_id = excluded.release_id, type = excluded.type, status = excluded.status,
                           actor_id = excluded.actor_id, current_release_version = null, date_added = now()
             returning id, group_id),
           resolved as (
             update group_ set status = 'resolved', substatus = null, resolved_at = now()
               from locked
              where group_.id = locked.id),
           reviewed as (
             delete from group_inbox where group_id in (select group_id from fix)),
           awake as (
             delete from group_snooze where group_id in (select group_id from fix))
           select fix.group_id::text, fix.commit_id::text, fix.actor_id::text, locked.status = 'resolved' as was_resolved,
                  resolution.id::text as resolution_id, release.version
             from fix
             join locked on locked.id = fix.group_id
             join resolution on resolution.group_id = fix.group_id
             join release on release.id = $1
            order by fix.group_id`,
    values: [releaseId],
  });
  await insertGroupHistory(
    tx,
    fixes.map(({ groupId, actorId }) => ({ groupId, actorId, releaseId, status: 'resolved' })),
  );
  await insertGroupActivity(
    tx,
    fixes
      .filter(({ wasResolved }) => !wasResolved)
      .map(({ groupId, actorId, resolutionId, version, commitId }) => ({
        groupId,
        type: 'set_resolved_in_release',
        ident: resolutionId,
        userId: actorId,
        data: { version, commit: commitId },
      })),
  );
  return fixes;
}
