import { log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities/housekeeping/housekeepingActivities.ts';
import { bulkPolicy } from './retryPolicies.ts';
import { runPass } from './runPass.ts';

const { deleteRemovedIssues, expireEvents, resolveAgedIssues } =
  proxyActivities<HousekeepingActivities>(bulkPolicy);

export type RetentionResult = Readonly<{ events: number; removed: number; resolved: number }>;

/** One pass over what is too old, started by its schedule. */
export async function retention(): Promise<RetentionResult> {
  setCurrentDetails('Deleting events that are too old.');
  const events = await runPass(expireEvents);
  setCurrentDetails('Deleting issues that were removed.');
  const removed = await runPass(deleteRemovedIssues);
  setCurrentDetails('Resolving issues that nobody has any more.');
  const resolved = await runPass(resolveAgedIssues);
  const result = { events, removed, resolved };
  setCurrentDetails(
    `${events} events and ${removed} issues deleted, ${resolved} issues resolved by age.`,
  );
  if (events + removed + resolved > 0) log.info('Tidied up', result);
  return result;
}
