import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';

/** What another attempt cannot mend: a bug or a refusal, by the `type` of its ApplicationFailure. */
const nonRetryableErrorTypes = ['InvariantError', 'PermanentError'];

/**
 * One short transaction. Ten seconds is far above the slowest one (2,000 commits: under a second), so an attempt that
 * takes longer has lost its database; a minute in all covers a restart of Postgres. Past that the operations stay
 * pending and the reconciler brings them back, which is better than a caller or an actor that hangs.
 */
export const dbPolicy = {
  startToCloseTimeout: 10_000,
  scheduleToCloseTimeout: 60_000,
  // Longer waits would become server-side timers with a resolution of a second.
  localRetryThreshold: 60_000,
  retry: {
    initialInterval: 100,
    backoffCoefficient: 2,
    maximumInterval: 5_000,
    nonRetryableErrorTypes,
  },
} as const satisfies LocalActivityOptions;

/** The same for a regular activity, where nobody waits for the milliseconds that a local one saves. */
export const shortPolicy = {
  startToCloseTimeout: dbPolicy.startToCloseTimeout,
  scheduleToCloseTimeout: dbPolicy.scheduleToCloseTimeout,
  retry: dbPolicy.retry,
} as const satisfies ActivityOptions;

/**
 * Work in chunks that heartbeats its cursor: big commit lists, deletions. A chunk takes well under a second, so ten
 * seconds of silence mean a dead worker; ten minutes in all bound a poison operation that would block its release.
 */
export const bulkPolicy = {
  startToCloseTimeout: 60_000,
  scheduleToCloseTimeout: 600_000,
  heartbeatTimeout: 10_000,
  retry: {
    initialInterval: 500,
    backoffCoefficient: 2,
    maximumInterval: 10_000,
    nonRetryableErrorTypes,
  },
} as const satisfies ActivityOptions;

/** Timers of the server have a resolution of about a second; a minute is how often the reconciler looks as well. */
const PASS_RETRY_MIN_MS = 1_000;
const PASS_RETRY_MAX_MS = 60_000;

/** How long an actor waits after this many failed passes in a row. */
export function passRetryDelayMs(failures: number): number {
  return Math.min(PASS_RETRY_MIN_MS * 2 ** (failures - 1), PASS_RETRY_MAX_MS);
}

/**
 * One attempt at a delivery. Failures of the target are results of the activity and paced by the workflow over three
 * days, so what is retried here is a worker that died or a database that went away. Ten seconds are the target's, the
 * rest is for the statements before and after it.
 */
export const outboundPolicy = {
  startToCloseTimeout: 30_000,
  scheduleToCloseTimeout: 3 * 24 * 3_600_000,
  retry: {
    initialInterval: 1_000,
    backoffCoefficient: 2,
    maximumInterval: 60_000,
    nonRetryableErrorTypes,
  },
} as const satisfies ActivityOptions;

/**
 * Calls to an SCM host. Failures of the host are results of the activity and paced by the workflow, so what is retried
 * here is a worker that died or a database that went away: at once, from the stored cursor. A page takes seconds, so
 * twenty seconds of silence mean a dead worker; a range of thousands of commits from a slow host takes minutes.
 */
export const scmPolicy = {
  taskQueue: 'scm',
  startToCloseTimeout: 15 * 60_000,
  scheduleToCloseTimeout: 30 * 60_000,
  heartbeatTimeout: 20_000,
  retry: {
    initialInterval: 1_000,
    backoffCoefficient: 2,
    maximumInterval: 30_000,
    nonRetryableErrorTypes,
  },
} as const satisfies ActivityOptions;
