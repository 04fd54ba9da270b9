import { isRunning, type ProcessIdentity } from './processIdentity.ts';
import { DeadlineError, waitUntil } from './waitUntil.ts';

/** A killed process is gone as soon as the system has freed its memory. */
const KILL_TIMEOUT_MS = 10_000;

/** Asks a process to end, and kills it when it has not ended in time or `hurry` says so. Returns when it is gone. */
export async function stopProcess(
  target: ProcessIdentity,
  stopSignal: NodeJS.Signals,
  graceMs: number,
  hurry?: AbortSignal,
): Promise<void> {
  send(target, stopSignal);
  try {
    await waitUntil(
      `End of process ${target.pid}`,
      () => !isRunning(target) || hurry?.aborted === true,
      graceMs,
    );
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
  }
  send(target, 'SIGKILL');
  await waitUntil(`End of killed process ${target.pid}`, () => !isRunning(target), KILL_TIMEOUT_MS);
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
