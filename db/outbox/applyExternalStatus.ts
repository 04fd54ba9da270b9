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

/**
 * How far from the moment that we told a tracker something its echo may be dated: an attempt takes up to ten seconds, and
 * the date is by the tracker's clock.
 */
const ECHO_SECONDS = 60;

const linkedRow = z.object({
  external_issue_id: z.string(),
  group_id: z.string(),
  is_echo: z.boolean(),
});

/**
 * A tracker closed or reopened an issue: ours follow. Issues that are so already stay as they are, ignored ones are not
 * reopened, and the tracker that said it is not told again; the others are. News that is older than what the tracker
 * has said before finds nothing linked.
 *
 * What an issue of ours has told the tracker comes back as news, and may come late: after the issue has regressed. So
 * news of the moment in which an issue told the same does nothing to that issue, whatever became of it; others that are
 * linked to the same one follow.
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
           select said.id as external_issue_id, group_link.group_id,
                  exists (
                    select from delivery join outbox on outbox.id = delivery.outbox_id
                     where delivery.external_issue_id = said.id
                       and outbox.payload ->> 'issueId' = group_link.group_id::text
                       and outbox.payload ->> 'isResolved' = $5
                       -- Told at the first attempt, as good as always, or at the last one.
                       and (abs(extract(epoch from $4::timestamptz - outbox.date_added)) < $6
                            or abs(extract(epoch from $4 - delivery.date_finished)) < $6)) as is_echo
             from said
             join group_link on group_link.linked_type = 'external_issue' and group_link.linked_id = said.id`,
    values: [organizationId, provider, key, saidAt, String(isResolved), ECHO_SECONDS],
  });
  if (links.length === 0) return { linked: 0, changed: 0, deliveries: 0 };
  const groups = await lockGroups(
    tx,
    links.map((link) => link.group_id),
  );
  const echoing = new Set(links.filter((link) => link.is_echo).map((link) => link.group_id));
  const following = groups.filter(({ id }) => !echoing.has(id));
  const details = { provider: externalProviderNames[provider], label: key };
  const changed = isResolved
    ? await setResolved(tx, following, { kind: 'now', details }, null)
    : await setOpenStatus(
        tx,
        following.filter(({ status }) => status === 'resolved'),
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
