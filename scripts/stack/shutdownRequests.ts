const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal sends Ctrl-C to npm and to us, and npm passes its own on: echoes of one key press, not a second one. */
const ECHO_MS = 1_000;

/** npm cannot tell us that it was killed; that our parent changed can. */
const PARENT_LOOK_EVERY_MS = 1_000;

/**
 * Calls back when somebody wants us to end: on a signal, or when the npm that started us is gone. `onInsist` is called
 * when the wish is repeated.
 */
export function onShutdownRequest(onRequest: (reason: string) => void, onInsist: () => void): void {
  let requestedAt: number | null = null;
  const request = (reason: string): void => {
    if (requestedAt === null) {
      requestedAt = Date.now();
      onRequest(reason);
    } else if (Date.now() - requestedAt > ECHO_MS) {
      onInsist();
    }
  };
  for (const signal of SIGNALS) process.on(signal, request);

  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request('npm is gone');
  }, PARENT_LOOK_EVERY_MS);
  timer.unref();
}
