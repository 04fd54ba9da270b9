import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Something that runs until it is told to stop: an embedded server, the API, the worker. */
export type Program = Readonly<{
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment; nothing is inherited. */
  environment: NodeJS.ProcessEnv;
  cwd?: string;
  /** Another system user, where the program refuses to run as root. */
  user?: Readonly<{ uid: number; gid: number }>;
  /** The signal that makes it finish its work and end with exit code 0. */
  stopSignal: NodeJS.Signals;
  /** One look: true when it serves. */
  isReady: () => Promise<boolean>;
}>;

/** A log that reached this size is put aside as `.1` at the next start; with it a folder holds two at most. */
const LOG_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Starts a program whose output goes to a file. The file is handed over as a descriptor, so that the process is the
 * program itself and goes on logging whatever happens to the starter; it leads its own process group, so that a
 * terminal's Ctrl-C reaches the starter alone.
 */
export function launch(program: Program, logFile: string): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  putAside(logFile);
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(program.command, [...program.args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: program.environment,
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
      ...program.user,
    });
  } finally {
    closeSync(log);
  }
}

function putAside(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
}
