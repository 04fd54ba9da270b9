/**
 * What was seen a short while ago, by a key. Bounded in the cheapest way: when it is full it starts over, which only
 * means that some things are looked at again before they need to be.
 */
export class RecentMap<V> {
  private readonly keepMs: number;
  private readonly max: number;
  private readonly entries = new Map<string, Readonly<{ value: V; setAt: number }>>();

  constructor({ keepMs, max }: Readonly<{ keepMs: number; max: number }>) {
    this.keepMs = keepMs;
    this.max = max;
  }

  /** Undefined when it is unknown or too old. */
  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || performance.now() - entry.setAt >= this.keepMs) return undefined;
    return entry.value;
  }

  set(key: string, value: V): void {
    if (this.entries.size >= this.max) this.entries.clear();
    this.entries.set(key, { value, setAt: performance.now() });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
