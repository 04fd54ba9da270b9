import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, type ProcessIdentity } from './processIdentity.ts';

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
  /** How long it may take to finish its work before it is killed. */
  stopGraceMs: number;
  /** One look: true when it serves. */
  isReady: () => Promise<boolean>;
}>;

export type LaunchedProgram = Readonly<{
  /** Null when it could not even be started. */
  identity: ProcessIdentity | null;
  /** How it ended, as the end of a sentence. */
  ended: Promise<string>;
}>;

/** A log that reached this size is put aside as `.1` at the next start; with it a folder holds two at most. */
const LOG_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Starts a program whose output goes to a file. The file is handed over as a descriptor, so that the process is the
 * program itself and goes on logging whatever happens to the starter; it leads its own process group, so that a
 * terminal's Ctrl-C reaches the starter alone.
 */
export function launch(program: Program, logFile: string): LaunchedProgram {
  mkdirSync(dirname(logFile), { recursive: true });
  putAside(logFile);
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(program.command, [...program.args], {
    detached: true,
    stdio: ['ignore', log, log],
    env: program.environment,
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    ...program.user,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code ?? 0}` : `was ended by ${signal}`),
    );
  });
  return { identity: child.pid === undefined ? null : identify(child.pid), ended };
}

function putAside(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(logFile, `${logFile}.1`);
}
