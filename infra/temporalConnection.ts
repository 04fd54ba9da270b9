import { setTimeout as delay } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

/** A timer of the retries fires no later than this after its time on a busy machine. */
const TIMER_SLACK_MS = 100;

/**
 * A lazy connection that can be closed while Temporal is unreachable. The client repeats failed calls on timers of its
 * own, and one that fires after the connection was closed throws where nobody can catch it. So `close` first refuses
 * further repetitions and lets the last timer pass, which takes up to six seconds when calls are failing, and else none.
 */
export function lazyTemporalConnection(
  options: ConnectionOptions,
): Readonly<{ connection: Connection; close: () => Promise<void> }> {
  const retries = defaultGrpcRetryOptions();
  let isClosing = false;
  let lastTimerAt = 0;
  const connection = Connection.lazy({
    ...options,
    interceptors: [
      makeGrpcRetryInterceptor({
        retryableDecider: (attempt, status) =>
          !isClosing && retries.retryableDecider(attempt, status),
        delayFunction: (attempt, status) => {
          const delayMs = retries.delayFunction(attempt, status);
          lastTimerAt = Math.max(lastTimerAt, Date.now() + delayMs);
          return delayMs;
        },
      }),
    ],
  });
  const close = async (): Promise<void> => {
    isClosing = true;
    const restMs = lastTimerAt - Date.now();
    if (restMs > -TIMER_SLACK_MS) await delay(restMs + TIMER_SLACK_MS);
    await connection.close();
  };
  return { connection, close };
}
