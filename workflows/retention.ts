import { log, patched, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities/housekeeping/housekeepingActivities.ts';
import { bulkPolicy } from './retryPolicies.ts';
import { runPass } from './runPass.ts';

const {
  deleteRemovedIssues,
  expireAnswers,
  expireEvents,
  expireIssueCounts,
  expireOperations,
  resolveAgedIssues,
} = proxyActivities<HousekeepingActivities>(bulkPolicy);

export type RetentionResult = Readonly<{
  events: number;
  removed: number;
  resolved: number;
  operations: number;
  answers: number;
}>;

/** One pass over what is too old, started by its schedule. */
export async function retention(): Promise<RetentionResult> {
  setCurrentDetails('Deleting events that are too old.');
  const events = await runPass(expireEvents);
  setCurrentDetails('Deleting issues that were removed.');
  const removed = await runPass(deleteRemovedIssues);
  setCurrentDetails('Resolving issues that nobody has any more.');
  const resolved = await runPass(resolveAgedIssues);
  let operations = 0;
  // Passes that began before operations were deleted end as they began.
  if (patched('expire-operations')) {
    setCurrentDetails('Deleting operations that finished long ago.');
    operations = await runPass(expireOperations);
  }
  let answers = 0;
  // The same for answers.
  if (patched('expire-answers')) {
    setCurrentDetails('Forgetting what writes answered.');
    answers = await runPass(expireAnswers);
  }
  // And for hourly counts, which nobody counts.
  if (patched('expire-issue-counts')) await runPass(expireIssueCounts);
  const result = { events, removed, resolved, operations, answers };
  setCurrentDetails(
    `${events} events, ${removed} issues and ${operations} operations deleted, ${resolved} issues resolved by age, ${answers} answers forgotten.`,
  );
  if (events + removed + resolved + operations + answers > 0) log.info('Tidied up', result);
  return result;
}
