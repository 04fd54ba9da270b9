import type { Transaction } from '../pool.ts';
import { appendIssueEvents } from './appendIssueEvents.ts';
import { appendStatusSync } from './appendStatusSync.ts';

/**
 * Tells subscribers that issues were resolved or came back, and the trackers of their linked issues with them. Belongs
 * at the end of the transaction that changed the issues.
 * @param data what else there is to say to subscribers, for example the release.
 * @returns how many deliveries are to be made; when there are some, the relay should hear of it after the commit.
 */
export async function announceIssues(
  tx: Transaction,
  organizationId: string,
  type: 'issue.resolved' | 'issue.regressed',
  groupIds: readonly string[],
  data: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const told = await appendIssueEvents(tx, organizationId, type, groupIds, data);
  return told + (await appendStatusSync(tx, groupIds, type === 'issue.resolved'));
}
