/**
 * For each key at most one call is in flight and one waits behind it; everybody who asks while one is in flight shares
 * the waiting one. So every caller gets the answer of a call that *started after they asked*, and a thousand callers
 * cost two calls.
 */
export class Coalescer<T> {
  private readonly inFlight = new Map<string, { current: Promise<T>; next: Promise<T> | null }>();

  run(key: string, call: () => Promise<T>): Promise<T> {
    const entry = this.inFlight.get(key);
    if (entry === undefined) return this.start(key, call);
    entry.next ??= entry.current.then(ignore, ignore).then(() => this.start(key, call));
    return entry.next;
  }

  private start(key: string, call: () => Promise<T>): Promise<T> {
    const entry: { current: Promise<T>; next: Promise<T> | null } = {
      current: settle(call),
      next: null,
    };
    this.inFlight.set(key, entry);
    const finish = (): void => {
      // Whoever waits takes the place over in `start`; without one the key is free again.
      if (entry.next === null) this.inFlight.delete(key);
    };
    entry.current.then(finish, finish);
    return entry.current;
  }
}

/** Starts at once; a call that throws instead of rejecting must not leave its key taken. */
async function settle<T>(call: () => Promise<T>): Promise<T> {
  return call();
}

function ignore(): void {
  // The next call does not care how the one before it ended.
}
