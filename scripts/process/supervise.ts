import type { ProcessIdentity } from './processIdentity.ts';
import { launch, type Program } from './program.ts';
import { stopProcess } from './stopProcess.ts';
import { untilReady } from './untilReady.ts';

export type SuperviseOptions = Readonly<{
  logFile: string;
  readyTimeoutMs: number;
  /** After every start with the process that runs now, and with null when it has ended. */
  onChange: (identity: ProcessIdentity | null) => void;
  tell: (sentence: string) => void;
}>;

export type Supervised = Readonly<{
  name: string;
  /** Settles when it serves for the first time; rejects when it ends before, or takes too long. */
  ready: Promise<void>;
  /** Ends it for good. The signal cuts the time short that it has to finish its work. */
  stop: (hurry?: AbortSignal) => Promise<void>;
}>;

/** The first restart is not felt; a program that cannot run does not fill its log. */
const RESTART_DELAY_MS = 100;
const RESTART_DELAY_MAX_MS = 10_000;
/** One that ran this long had started well: its next end counts as the first. */
const STABLE_MS = 20_000;

/**
 * Starts a program and, once it has served, starts it again whenever it ends.
 *
 *   starting ──serves──► running ──ends──► waiting (100 ms, doubling to 10 s) ──► running
 *      │                    │                 │
 *      └── ends: failed     └────── stop ─────┴──► stopped
 */
export function supervise(program: Program, options: SuperviseOptions): Supervised {
  let current: ProcessIdentity | null = null;
  let hasServed = false;
  let isStopping = false;
  let howItEnded: string | null = null;
  let delayMs = RESTART_DELAY_MS;
  let restartTimer: NodeJS.Timeout | undefined;

  const start = (): void => {
    const startedAt = Date.now();
    const { identity, ended } = launch(program, options.logFile);
    current = identity;
    options.onChange(identity);
    void ended.then((how) => {
      current = null;
      howItEnded = how;
      options.onChange(null);
      if (Date.now() - startedAt > STABLE_MS) delayMs = RESTART_DELAY_MS;
      if (hasServed && !isStopping) startAgain(how);
    });
  };

  const startAgain = (how: string): void => {
    options.tell(`${program.name} ${how}; starting it again. Its log: ${options.logFile}`);
    restartTimer = setTimeout(start, delayMs);
    delayMs = Math.min(delayMs * 2, RESTART_DELAY_MAX_MS);
  };

  start();
  return {
    name: program.name,
    ready: untilReady(program, {
      logFile: options.logFile,
      timeoutMs: options.readyTimeoutMs,
      hasEnded: () => howItEnded,
    }).then(() => {
      hasServed = true;
    }),
    stop: async (hurry) => {
      isStopping = true;
      clearTimeout(restartTimer);
      if (current === null) return;
      await stopProcess(current, program.stopSignal, program.stopGraceMs, hurry);
    },
  };
}
