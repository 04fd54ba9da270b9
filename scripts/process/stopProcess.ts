import { isRunning, type ProcessIdentity } from './processIdentity.ts';
import { DeadlineError, waitUntil } from './waitUntil.ts';

/** Asks a process to end, and kills it when it has not ended in time. Returns when it is gone. */
export async function stopProcess(
  target: ProcessIdentity,
  stopSignal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (!send(target, stopSignal)) return;
  try {
    await waitUntil(`End of process ${target.pid}`, () => !isRunning(target), graceMs);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    send(target, 'SIGKILL');
    await waitUntil(`End of killed process ${target.pid}`, () => !isRunning(target), 5_000);
  }
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(target)) return false;
  try {
    process.kill(target.pid, signal);
    return true;
  } catch {
    // It ended between the look and the signal.
    return false;
  }
}
