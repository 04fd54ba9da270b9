import { setTimeout as delay } from 'node:timers/promises';

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Short enough that a start does not feel it, long enough that a probe does not load what it waits for. */
const INTERVAL_MS = 50;

/**
 * Asks again and again until the answer is true.
 * @throws DeadlineError naming what was awaited.
 */
export async function waitUntil(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await isTrue()) return;
    if (Date.now() > deadline) {
      throw new DeadlineError(`${what}: not within ${Math.round(timeoutMs / 1000)} s.`);
    }
    await delay(INTERVAL_MS);
  }
}
