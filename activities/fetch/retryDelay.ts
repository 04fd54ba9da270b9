const FIRST_MS = 1_000;

/** A host that is down for long is asked once a minute: soon enough for a person who waits. */
const LONGEST_MS = 60_000;

/** Hosts ask for pauses of up to an hour; beyond that somebody should look. */
const RETRY_AFTER_LONGEST_MS = 3_600_000;

/** How long to wait before the next attempt: what the host asks for, else doubling. */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined): number {
  const doubling = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 10), LONGEST_MS);
  return retryAfterMs === undefined
    ? doubling
    : Math.min(Math.max(retryAfterMs, FIRST_MS), RETRY_AFTER_LONGEST_MS);
}
