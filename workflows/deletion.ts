import { condition, log, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import type { DeletionClaim, DeletionProgress } from '../activities/deletion/deletionActivities.ts';
import { nudgeSignal } from './messages.ts';

export type DeletionResult = Readonly<{ outcome: 'deleted' | 'takenBack'; rows: number }>;

/** The activities of one kind of deletion, with its input. */
export type DeletionSteps = Readonly<{
  claim: () => Promise<DeletionClaim>;
  deleteRows: () => Promise<DeletionProgress>;
  remove: () => Promise<void>;
  /** Another run, which has deleted so many rows already. */
  continueAsNew: (rows: number) => Promise<never>;
}>;

/**
 * Deletes what waits for it: its time comes, claim, rows in chunks, the thing itself. A deletion that was taken back
 * before the claim ends here. One that fails is started again by the reconciler and goes on with what is left.
 */
export async function runDeletion(steps: DeletionSteps, before: number): Promise<DeletionResult> {
  let rows = before;
  if (!(await claimInTime(steps.claim))) return { outcome: 'takenBack', rows };
  for (;;) {
    const { deleted, isDone } = await steps.deleteRows();
    rows += deleted;
    setCurrentDetails(`${rows} rows deleted.`);
    if (isDone) break;
    if (workflowInfo().continueAsNewSuggested) await steps.continueAsNew(rows);
  }
  await steps.remove();
  log.info('Deleted for good', { workflowId: workflowInfo().workflowId, rows });
  return { outcome: 'deleted', rows };
}

/** Waits until the time of the order; whoever changes the order says so with a signal. */
async function claimInTime(claim: DeletionSteps['claim']): Promise<boolean> {
  let isChanged = false;
  setHandler(nudgeSignal, () => {
    isChanged = true;
  });
  for (;;) {
    isChanged = false;
    const claimed = await claim();
    if (claimed.isClaimed) return true;
    if (claimed.waitMs === undefined) return false;
    setCurrentDetails('Waits for its time; may be taken back until then.');
    await condition(() => isChanged, claimed.waitMs);
  }
}
