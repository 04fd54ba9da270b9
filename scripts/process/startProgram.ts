import { launch, type Program } from './program.ts';
import type { Ward } from './reaper.ts';
import { stopProcess } from './stopProcess.ts';
import { untilReady } from './untilReady.ts';

export type RunningProgram = Readonly<{
  /** As a reaper wants to know it. */
  ward: Ward;
  stop: () => Promise<void>;
}>;

/** A server that recovers a large log after a crash takes its time; a hang must end all the same. */
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a program and waits until it serves; nobody starts it again when it ends.
 * @throws Error with the end of its log, when it ends at once or is not ready in time.
 */
export async function startProgram(program: Program, logFile: string): Promise<RunningProgram> {
  const { identity, ended } = launch(program, logFile);
  if (identity === null) throw new Error(`${program.name} ${await ended}.`);
  let howItEnded: string | null = null;
  void ended.then((how) => (howItEnded = how));
  const { name, stopSignal, stopGraceMs } = program;
  const stop = (): Promise<void> => stopProcess(identity, stopSignal, stopGraceMs);
  try {
    await untilReady(program, {
      logFile,
      timeoutMs: READY_TIMEOUT_MS,
      hasEnded: () => howItEnded,
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { ward: { name, identity, stopSignal, graceMs: stopGraceMs }, stop };
}
