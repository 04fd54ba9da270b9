import { log, proxyActivities } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities/housekeeping/housekeepingActivities.ts';
import { bulkPolicy } from './retryPolicies.ts';
import { runPass } from './runPass.ts';

const { reopenIgnoredIssues, settleNextReleases } =
  proxyActivities<HousekeepingActivities>(bulkPolicy);

/** One pass over what people have said of issues until something happens, started by its schedule. */
export async function expireResolutions(): Promise<{ reopened: number; settled: number }> {
  const reopened = await runPass(reopenIgnoredIssues);
  const settled = await runPass(settleNextReleases);
  if (reopened + settled > 0) log.info('Issues whose time has come', { reopened, settled });
  return { reopened, settled };
}
