import type { ProcessIdentity } from './processIdentity.ts';
import type { Program } from './program.ts';
import type { Reaper, Ward } from './reaper.ts';
import { supervise, type Supervised } from './supervise.ts';

export type ProgramGroupOptions = Readonly<{
  /** Names in the order of stopping; those of one step are stopped side by side. */
  stopOrder: readonly (readonly string[])[];
  logFile: (name: string) => string;
  reaper: Pick<Reaper, 'watch'>;
  /** A program runs as another process than before. */
  onRestart: () => void;
  tell: (sentence: string) => void;
}>;

/** Includes the recovery of a database after a crash. */
const READY_TIMEOUT_MS = 60_000;

/** Programs that live and die together. */
export class ProgramGroup {
  private readonly options: ProgramGroupOptions;
  private readonly members = new Map<
    string,
    { program: Program; supervised: Supervised | null; identity: ProcessIdentity | null }
  >();

  private isStopped = false;

  constructor(options: ProgramGroupOptions) {
    this.options = options;
  }

  /**
   * Starts a program and returns when it serves.
   * @throws Error when it does not, or the group has been stopped.
   */
  async start(program: Program): Promise<void> {
    if (this.isStopped) throw new Error(`${program.name} is not started any more.`);
    const { logFile, onRestart, tell } = this.options;
    const member = {
      program,
      supervised: null as Supervised | null,
      identity: null as ProcessIdentity | null,
    };
    this.members.set(program.name, member);
    member.supervised = supervise(program, {
      logFile: logFile(program.name),
      readyTimeoutMs: READY_TIMEOUT_MS,
      tell,
      onChange: (identity) => {
        member.identity = identity;
        this.options.reaper.watch(this.wards());
        if (identity !== null) onRestart();
      },
    });
    await member.supervised.ready;
  }

  /** Who runs as which process; a program that is down at this moment is left out. */
  pids(): Record<string, number> {
    const pids: Record<string, number> = {};
    for (const [name, { identity }] of this.members) {
      if (identity !== null) pids[name] = identity.pid;
    }
    return pids;
  }

  /** Stops everything in order. Aborting `hurry` cuts the time short that programs have to finish their work. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.isStopped = true;
    for (const step of this.options.stopOrder) {
      await Promise.all(step.map(async (name) => this.members.get(name)?.supervised?.stop(hurry)));
    }
  }

  private wards(): Ward[] {
    return this.options.stopOrder.flat().flatMap((name) => {
      const member = this.members.get(name);
      if (member === undefined || member.identity === null) return [];
      const { stopSignal, stopGraceMs } = member.program;
      return [{ name, identity: member.identity, stopSignal, graceMs: stopGraceMs }];
    });
  }
}
