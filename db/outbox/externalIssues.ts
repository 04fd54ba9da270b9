import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { exec, many, maybeOne, type Queryable, type Transaction } from '../pool.ts';

export const externalIssueProviders = ['github', 'webhook'] as const;

/** As timelines call the trackers. */
export const externalProviderNames: Readonly<Record<IssueLink['provider'], string>> = {
  github: 'GitHub',
  webhook: 'Webhook',
};

const linkRow = z
  .object({
    id: z.string(),
    provider: z.enum(externalIssueProviders),
    key: z.string(),
    url: z.string(),
    is_status_synced: z.boolean(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    provider: row.provider,
    key: row.key,
    url: row.url,
    isStatusSynced: row.is_status_synced,
    dateAdded: row.date_added,
  }));

/** An issue of another tracker, as one of our issues is linked to it. */
export type IssueLink = z.output<typeof linkRow>;

const columns = `external_issue.id, external_issue.provider, external_issue.key, external_issue.url,
                 external_issue.is_status_synced`;

export type NewIssueLink = Readonly<{
  organizationId: string;
  groupId: string;
  provider: IssueLink['provider'];
  key: string;
  url: string;
  isStatusSynced: boolean;
  secretEncrypted: Buffer | null;
}>;

/** The external issue and its secret stay as they are when another of our issues is linked to it already. */
export async function storeExternalIssue(
  tx: Transaction,
  link: NewIssueLink,
): Promise<Readonly<{ id: string; isNew: boolean }> | null> {
  return maybeOne(tx, z.object({ id: z.string(), isNew: z.boolean() }), {
    name: 'storeExternalIssue',
    text: `insert into external_issue (organization_id, provider, key, url, is_status_synced, secret_encrypted)
           values ($1, $2, $3, $4, $5, $6)
           on conflict on constraint external_issue_organization_id_provider_key_key
           do update set url = excluded.url, is_status_synced = excluded.is_status_synced
           returning id, xmax = 0 as "isNew"`,
    values: [
      link.organizationId,
      link.provider,
      link.key,
      link.url,
      link.isStatusSynced,
      link.secretEncrypted,
    ],
  });
}

/** Null when the two are linked already. */
export function linkExternalIssue(
  tx: Transaction,
  groupId: string,
  externalIssueId: string,
): Promise<IssueLink | null> {
  return maybeOne(tx, linkRow, {
    name: 'linkExternalIssue',
    text: `with linked as (
             insert into group_link (group_id, project_id, linked_type, linked_id, relationship)
             select id, project_id, 'external_issue', $2, 'references' from group_ where id = $1
             on conflict on constraint group_link_group_id_linked_type_linked_id_key do nothing
             returning linked_id, date_added)
           select ${columns}, linked.date_added
             from linked
             join external_issue on external_issue.id = linked.linked_id`,
    values: [groupId, externalIssueId],
  });
}

/** The external issues of a group, the oldest link first; there are never many. */
export function listIssueLinks(
  db: Queryable,
  groupId: string,
  window: OffsetWindow,
): Promise<IssueLink[]> {
  return many(db, linkRow, {
    name: 'listIssueLinks',
    text: `select ${columns}, group_link.date_added
             from group_link
             join external_issue on external_issue.id = group_link.linked_id
            where group_link.group_id = $1 and group_link.linked_type = 'external_issue'
            order by group_link.id
           offset $2 limit $3`,
    values: [groupId, window.offset, window.limit],
  });
}

/** By id, or by provider and key; the external issue goes when no issue of ours is linked to it any more. */
export async function unlinkExternalIssue(
  db: Queryable,
  groupId: string,
  named: Readonly<{ id: string } | { provider: string; key: string }>,
): Promise<boolean> {
  const removed = await exec(db, {
    name: 'unlinkExternalIssue',
    text: `with unlinked as (
             delete from group_link
              using external_issue
              where group_link.group_id = $1 and group_link.linked_type = 'external_issue'
                and external_issue.id = group_link.linked_id
                and (external_issue.id = $2::bigint
                     or (external_issue.provider = $3 and external_issue.key = $4))
             returning group_link.id, external_issue.id as external_issue_id),
           orphaned as (
             delete from external_issue
              where id in (select external_issue_id from unlinked)
                and not exists (
                  select from group_link other
                   where other.linked_type = 'external_issue' and other.linked_id = external_issue.id
                     and other.id not in (select id from unlinked)))
           select from unlinked`,
    values: [
      groupId,
      'id' in named ? named.id : null,
      'id' in named ? null : named.provider,
      'id' in named ? null : named.key,
    ],
  });
  return removed > 0;
}
