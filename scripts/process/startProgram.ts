import { readFile } from 'node:fs/promises';
import { identify, isRunning, type ProcessIdentity } from './processIdentity.ts';
import { launch, type Program } from './program.ts';
import { stopProcess } from './stopProcess.ts';
import { waitUntil } from './waitUntil.ts';

export type RunningProgram = Readonly<{
  name: string;
  pid: number;
  stop: () => Promise<void>;
}>;

/** A server that recovers a large log after a crash takes its time; a hang must end all the same. */
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 15_000;
const LOG_TAIL_LINES = 15;

/**
 * Starts a program and waits until it serves.
 * @throws Error with the end of its log, when it ends or is not ready in time.
 */
export async function startProgram(program: Program, logFile: string): Promise<RunningProgram> {
  const child = launch(program, logFile);
  const spawnError = new Promise<never>((_, reject) => child.once('error', reject));
  // Looked at below only while waiting.
  spawnError.catch(() => undefined);
  const identity = child.pid === undefined ? null : identify(child.pid);
  if (identity === null) return Promise.race([spawnError, failed(program, logFile)]);
  try {
    await waitUntil(
      `Start of ${program.name}`,
      async () => {
        if (!isRunning(identity)) await failed(program, logFile);
        return program.isReady();
      },
      READY_TIMEOUT_MS,
    );
  } catch (error) {
    await stop(identity, program);
    throw error;
  }
  return { name: program.name, pid: identity.pid, stop: () => stop(identity, program) };
}

function stop(identity: ProcessIdentity, program: Program): Promise<void> {
  return stopProcess(identity, program.stopSignal, STOP_GRACE_MS);
}

async function failed(program: Program, logFile: string): Promise<never> {
  throw new Error(`${program.name} did not start.\n${await logTail(logFile)}`);
}

/** The last lines of a log, for a message that shows why. */
export async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
