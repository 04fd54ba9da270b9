import { readFileSync } from 'node:fs';

/**
 * When the process started, in clock ticks since boot, or null when there is none. Pids are reused; pid and start time
 * together are not, so a recorded pair tells our process from a stranger's.
 */
function processStartTime(pid: number): string | null {
  const stat = readStat(pid);
  // A zombie has ended; only its parent has not looked yet.
  return stat === null || stat.state === 'Z' ? null : stat.startTime;
}

export type ProcessIdentity = Readonly<{ pid: number; startTime: string }>;

export function identify(pid: number): ProcessIdentity | null {
  const startTime = processStartTime(pid);
  return startTime === null ? null : { pid, startTime };
}

export function isRunning(process: ProcessIdentity): boolean {
  return processStartTime(process.pid) === process.startTime;
}

function readStat(pid: number): { state: string; startTime: string } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // proc(5): the second field is the name in parentheses and may hold spaces; state is field 3, starttime field 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}
