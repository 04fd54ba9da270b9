import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export type GitCommand = Readonly<{
  /** Program and fixed arguments; no shell ever sees them. */
  binary: string;
  args: readonly string[];
  /** The whole environment: nothing is inherited. */
  env: Readonly<Record<string, string>>;
  cwd: string;
  timeoutMs: number;
  outputBytesMax: number;
  signal: AbortSignal;
}>;

/** Git ended with an error. `stderr` may name hosts and paths: it is for classification and logs. */
export class GitExitError extends Error {
  override readonly name = 'GitExitError';
  readonly stderr: string;
  readonly exitCode: number | null;

  constructor(command: string, exitCode: number | null, stderr: string) {
    super(
      `git ${command} ended with ${exitCode === null ? 'a signal' : `code ${exitCode}`}: ${stderr.trim()}`,
    );
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Git printed more than the caller can use. */
export class GitOutputError extends Error {
  override readonly name = 'GitOutputError';
}

const STDERR_LENGTH_MAX = 8 * 1024;
/** Git removes its lock files and unfinished packs on SIGTERM; after this it had its chance. */
const TERMINATION_GRACE_MS = 2_000;

/**
 * Runs git and hands out what it prints, as it prints it. It runs in a process group of its own, which is ended
 * when the caller stops reading, when the signal aborts and when its time is up: git leaves its work to children.
 * @throws GitExitError, GitOutputError, or the reason of the aborted signal (a TimeoutError when time was up).
 */
export async function* streamGit(command: GitCommand): AsyncGenerator<Buffer, void, undefined> {
  const signal = AbortSignal.any([command.signal, AbortSignal.timeout(command.timeoutMs)]);
  signal.throwIfAborted();
  const child = spawn(command.binary, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  // Whoever waits for it hears of a failure to start; meanwhile it must not count as unhandled.
  closed.catch(() => undefined);
  const stderr = collectTail(child);
  const stop = (): void => endGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  let isDone = false;
  try {
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > command.outputBytesMax) {
        throw new GitOutputError(`git ${command.args[0] ?? ''} printed too much`);
      }
      yield chunk;
    }
    const [exitCode] = await closed;
    isDone = true;
    signal.throwIfAborted();
    if (exitCode !== 0) throw new GitExitError(command.args[0] ?? '', exitCode, stderr());
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (!isDone) stop();
  }
}

/** The end of stderr, where git says why it failed. */
function collectTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_LENGTH_MAX);
  });
  return () => tail;
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const { pid } = child;
  killGroup(pid, 'SIGTERM');
  setTimeout(() => killGroup(pid, 'SIGKILL'), TERMINATION_GRACE_MS).unref();
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}
