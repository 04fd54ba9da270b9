import { z } from 'zod';
import { STATUS_SYNC_EVENT } from '../../domain/outboxEvents.ts';
import { one, type Transaction } from '../pool.ts';

/**
 * Tells the trackers of linked issues that groups were resolved or reopened (groups-projects-orgs 1.10), in the
 * transaction that does so. One event for each group that has such an issue, one delivery for each of its issues.
 * @param options.except external issues that are the source of the change: telling them would be an echo.
 * @returns how many deliveries are to be made.
 */
export async function appendStatusSync(
  tx: Transaction,
  groupIds: readonly string[],
  isResolved: boolean,
  options: Readonly<{ except?: readonly string[] }> = {},
): Promise<number> {
  if (groupIds.length === 0) return 0;
  const { deliveries } = await one(tx, z.object({ deliveries: z.coerce.number() }), {
    name: 'appendStatusSync',
    text: `with linked as (
             select group_link.group_id, group_link.project_id, external_issue.id as external_issue_id,
                    external_issue.organization_id
               from group_link
               join external_issue on external_issue.id = group_link.linked_id
              where group_link.group_id = any($1::bigint[]) and group_link.linked_type = 'external_issue'
                and external_issue.is_status_synced and external_issue.id <> all($3::bigint[])),
           event as (
             select gen_random_uuid() as id, group_id, project_id, organization_id
               from (select distinct group_id, project_id, organization_id from linked) as synced),
           stored as (
             insert into outbox (id, organization_id, project_ids, type, payload)
             select id, organization_id, array[project_id], $4,
                    json_build_object('issueId', group_id::text, 'isResolved', $2::boolean)
               from event),
           told as (
             insert into delivery (id, outbox_id, organization_id, external_issue_id, workflow_id)
             select gen_random_uuid(), event.id, event.organization_id, linked.external_issue_id,
                    'deliver:' || event.id || ':issue-' || linked.external_issue_id
               from event
               join linked using (group_id)
             returning id)
           select count(*) as deliveries from told`,
    values: [groupIds, isResolved, options.except ?? [], STATUS_SYNC_EVENT],
  });
  return deliveries;
}
