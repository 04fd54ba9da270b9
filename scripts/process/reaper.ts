import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from './processIdentity.ts';

/** What must not outlive its starter. */
export type Ward = Readonly<{
  name: string;
  identity: ProcessIdentity;
  stopSignal: NodeJS.Signals;
  graceMs: number;
}>;

export type Reaper = Readonly<{
  /** Replaces the list, in the order of stopping. */
  watch: (wards: readonly Ward[]) => void;
  /** Everything was stopped in the ordinary way. */
  dismiss: () => Promise<void>;
}>;

const SCRIPT = join(import.meta.dirname, 'reaper.sh');

/** Stops what an earlier starter left behind, and returns when it is gone. */
export async function stopLeftovers(
  listFile: string,
  tell: (sentence: string) => void,
): Promise<void> {
  const child = spawn('sh', [SCRIPT, listFile], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => tell(text.trimEnd()));
  await once(child, 'close');
}

/**
 * Starts a shell that outlives us by the moment it needs to stop what we started: the one thing that a starter killed
 * with SIGKILL can no longer do itself.
 */
export function startReaper(options: {
  listFile: string;
  /** Removed before anything is stopped. */
  announcementFile?: string;
  logFile: string;
}): Reaper {
  const { listFile, announcementFile = '', logFile } = options;
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn('sh', [SCRIPT, listFile, announcementFile], {
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const end = once(child, 'close');
  const lifeline = child.stdin!;
  lifeline.on('error', () => undefined);
  // It never keeps us alive: it is there for our end.
  child.unref();
  return {
    watch: (wards) => write(listFile, wards),
    dismiss: async () => {
      child.ref();
      rmSync(listFile, { force: true });
      lifeline.end();
      await end;
    },
  };
}

function write(listFile: string, wards: readonly Ward[]): void {
  const lines = wards.map(({ name, identity, stopSignal, graceMs }) =>
    [
      identity.pid,
      identity.startTime,
      stopSignal.replace(/^SIG/, ''),
      Math.ceil(graceMs / 1_000),
      name,
    ].join(' '),
  );
  const unfinished = `${listFile}.unfinished`;
  writeFileSync(unfinished, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  renameSync(unfinished, listFile);
}
