import { readFile } from 'node:fs/promises';
import { waitUntil } from './waitUntil.ts';

const LOG_TAIL_LINES = 25;

/**
 * Waits until a program serves.
 * @param hasEnded how it ended, when it did.
 * @throws Error with the end of its log, when it has ended or is not ready in time.
 */
export async function untilReady(
  program: Readonly<{ name: string; isReady: () => Promise<boolean> }>,
  options: Readonly<{ logFile: string; timeoutMs: number; hasEnded: () => string | null }>,
): Promise<void> {
  try {
    await waitUntil(
      `Start of ${program.name}`,
      () => options.hasEnded() !== null || program.isReady(),
      options.timeoutMs,
    );
    const how = options.hasEnded();
    if (how !== null) throw new Error(`${program.name} ${how} while it started.`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const tail = await logTail(options.logFile);
    throw new Error(
      tail === '' ? reason : `${reason} Its log (${options.logFile}) ends with:\n${tail}`,
      { cause },
    );
  }
}

async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
