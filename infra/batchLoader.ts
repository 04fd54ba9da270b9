/**
 * Gathers what is asked for within one turn of the event loop and loads it in one call: sixty-four requests that are
 * answered together read together.
 */
export class BatchLoader<T> {
  private waiting: Map<string, PromiseWithResolvers<T | undefined>> | null = null;
  private readonly loadMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;

  constructor(loadMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
    this.loadMany = loadMany;
  }

  /** Undefined when the key is not among the answers. */
  load(key: string): Promise<T | undefined> {
    if (this.waiting === null) {
      this.waiting = new Map();
      setImmediate(() => void this.flush());
    }
    const known = this.waiting.get(key);
    if (known !== undefined) return known.promise;
    const entry = Promise.withResolvers<T | undefined>();
    this.waiting.set(key, entry);
    return entry.promise;
  }

  private async flush(): Promise<void> {
    const batch = this.waiting ?? new Map<string, PromiseWithResolvers<T | undefined>>();
    this.waiting = null;
    try {
      const found = await this.loadMany([...batch.keys()]);
      for (const [key, entry] of batch) entry.resolve(found.get(key));
    } catch (error) {
      for (const entry of batch.values()) entry.reject(error);
    }
  }
}
