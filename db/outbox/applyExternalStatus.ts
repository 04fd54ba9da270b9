import { z } from 'zod';
import { lockGroups } from '../groups/lockGroups.ts';
import { setOpenStatus } from '../groups/setOpenStatus.ts';
import { setResolved } from '../groups/setResolved.ts';
import { many, type Transaction } from '../pool.ts';
import { appendIssueEvents } from './appendIssueEvents.ts';
import { appendStatusSync } from './appendStatusSync.ts';
import type { IssueLink } from './externalIssues.ts';

export type ExternalStatus = Readonly<{
  provider: IssueLink['provider'];
  key: string;
  isResolved: boolean;
}>;

const linkedRow = z.object({ external_issue_id: z.string(), group_id: z.string() });

/**
 * A tracker closed or reopened an issue: ours follow. Issues that are so already stay as they are, ignored ones are not
 * reopened, and the tracker that said it is not told again; the others are.
 * @returns how many deliveries are to be made; when there are some, the relay should hear of it after the commit.
 */
export async function applyExternalStatus(
  tx: Transaction,
  organizationId: string,
  { provider, key, isResolved }: ExternalStatus,
): Promise<number> {
  const linked = await many(tx, linkedRow, {
    name: 'findLinkedGroups',
    text: `select external_issue.id as external_issue_id, group_link.group_id
             from external_issue
             join group_link on group_link.linked_type = 'external_issue' and group_link.linked_id = external_issue.id
            where external_issue.organization_id = $1 and external_issue.provider = $2
              and lower(external_issue.key) = lower($3) and external_issue.is_status_synced`,
    values: [organizationId, provider, key],
  });
  const [source] = linked;
  if (source === undefined) return 0;
  const groups = await lockGroups(
    tx,
    linked.map((link) => link.group_id),
  );
  const changed = isResolved
    ? await setResolved(tx, groups, { kind: 'now' }, null)
    : await setOpenStatus(
        tx,
        groups.filter(({ status }) => status === 'resolved'),
        { status: 'unresolved', substatus: 'ongoing', details: {} },
        null,
      );
  const told = isResolved
    ? await appendIssueEvents(tx, organizationId, 'issue.resolved', changed)
    : 0;
  const except = source.external_issue_id;
  return told + (await appendStatusSync(tx, changed, isResolved, { except }));
}
