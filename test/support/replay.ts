import { Worker } from '@temporalio/worker';
import { buildWorkflowBundle } from '../../worker/bundle.ts';

/**
 * Runs a recorded history through the workflows as they are now; needs no server.
 * @throws DeterminismViolationError when they would do something else than what was recorded.
 */
export async function replayHistory(history: unknown): Promise<void> {
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: await buildWorkflowBundle() } },
    history,
  );
}
