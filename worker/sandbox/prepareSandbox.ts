import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../infra/logger.ts';
import { installLightSandbox, SANDBOX_LIMIT_MS } from './lightSandbox.ts';

/** How long a worker that had a stuck workflow stays with the SDK's own guard; the file is its memory. */
const STUCK_FILE = 'sandbox-stuck';
const STANDARD_AFTER_STUCK_MS = 60 * 60_000;

/**
 * Decides how workflow code is guarded, before the first worker is created.
 *
 * The light sandbox cannot interrupt a workflow that never yields; the SDK's can, and fails its task. So a stuck
 * workflow ends this process, and the one that the supervisor starts next uses the SDK's guard for an hour: the task
 * then fails by itself with its error in the Web UI, and everything else goes on.
 */
export function prepareSandbox(
  options: Readonly<{
    sandbox: 'light' | 'standard';
    stateDir: string;
    logger: Logger;
    /** Ends the process. */
    exit: () => void;
    limitMs?: number;
  }>,
): void {
  const { logger, limitMs = SANDBOX_LIMIT_MS } = options;
  if (options.sandbox === 'standard') return;
  const file = join(options.stateDir, STUCK_FILE);
  if (isFresh(file)) {
    logger.warn({ file }, 'A workflow was stuck within the last hour: using the standard sandbox');
    return;
  }
  installLightSandbox(() => {
    writeFileSync(file, `${new Date().toISOString()}\n`);
    logger.fatal(
      { limitMs },
      'Workflow code did not return within its time: ending this process; the next one uses the standard sandbox, which names the workflow',
    );
    options.exit();
  }, limitMs);
}

function isFresh(file: string): boolean {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - written < STANDARD_AFTER_STUCK_MS;
}
