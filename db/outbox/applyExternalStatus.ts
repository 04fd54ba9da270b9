import { z } from 'zod';
import { lockGroups } from '../groups/lockGroups.ts';
import { setOpenStatus } from '../groups/setOpenStatus.ts';
import { setResolved } from '../groups/setResolved.ts';
import { many, type Transaction } from '../pool.ts';
import { appendIssueEvents } from './appendIssueEvents.ts';
import { appendStatusSync } from './appendStatusSync.ts';
import { externalProviderNames, type IssueLink } from './externalIssues.ts';

export type ExternalStatus = Readonly<{
  provider: IssueLink['provider'];
  key: string;
  isResolved: boolean;
  /** When the tracker's issue became so, as text of a timestamp with its zone. */
  saidAt: string;
}>;

export type AppliedStatus = Readonly<{
  /** Our issues that are linked to it. */
  linked: number;
  changed: number;
  /** When there are some, the relay should hear of it after the commit. */
  deliveries: number;
}>;

const linkedRow = z.object({ external_issue_id: z.string(), group_id: z.string() });

/**
 * A tracker closed or reopened an issue: ours follow. Issues that are so already stay as they are, ignored ones are not
 * reopened, and the tracker that said it is not told again; the others are. News that is older than what the tracker
 * has said before finds nothing linked.
 */
export async function applyExternalStatus(
  tx: Transaction,
  organizationId: string,
  { provider, key, isResolved, saidAt }: ExternalStatus,
): Promise<AppliedStatus> {
  const links = await many(tx, linkedRow, {
    name: 'noteExternalStatus',
    text: `with said as (
             update external_issue set status_said_at = $4
              where organization_id = $1 and provider = $2 and lower(key) = lower($3) and is_status_synced
                and coalesce(status_said_at <= $4, true)
             returning id)
           select said.id as external_issue_id, group_link.group_id
             from said
             join group_link on group_link.linked_type = 'external_issue' and group_link.linked_id = said.id`,
    values: [organizationId, provider, key, saidAt],
  });
  if (links.length === 0) return { linked: 0, changed: 0, deliveries: 0 };
  const groups = await lockGroups(
    tx,
    links.map((link) => link.group_id),
  );
  const details = { provider: externalProviderNames[provider], label: key };
  const changed = isResolved
    ? await setResolved(tx, groups, { kind: 'now', details }, null)
    : await setOpenStatus(
        tx,
        groups.filter(({ status }) => status === 'resolved'),
        { status: 'unresolved', substatus: 'ongoing', details },
        null,
      );
  const events = isResolved
    ? await appendIssueEvents(tx, organizationId, 'issue.resolved', changed)
    : 0;
  const except = links.map((link) => link.external_issue_id);
  const syncs = await appendStatusSync(tx, changed, isResolved, { except });
  return { linked: groups.length, changed: changed.length, deliveries: events + syncs };
}
