import { theOneOf, type Criterion, type Model, type ModelReader } from './model.ts';

type Row = Readonly<{ id: string }>;

/**
 * The local layer: one request or activity asks for each row once. What it has found is dropped when this process
 * changes anything, so that a request which writes reads its own write.
 */
export class ModelScope implements ModelReader {
  private readonly source: ModelReader;
  private readonly generation: () => number;
  private readonly rows = new Map<string, Promise<unknown>>();
  private remembered: number;

  /** @param generation another number each time that something was invalidated. */
  constructor(source: ModelReader, generation: () => number) {
    this.source = source;
    this.generation = generation;
    this.remembered = generation();
  }

  async getFromCache<R extends Row, K extends string>(
    model: Model<R, K>,
    criterion: Criterion<K>,
  ): Promise<R | null> {
    const [key, value] = theOneOf(criterion);
    this.dropStale();
    const name = nameOf(model, key, value);
    const known = this.rows.get(name) as Promise<R | null> | undefined;
    if (known !== undefined) return known;
    const found = this.source.getFromCache(model, criterion);
    this.rows.set(name, found);
    // What does not exist yet may be created by the same request; and nobody remembers failures.
    const forget = (): boolean => this.rows.delete(name);
    found.then((row) => row === null && forget(), forget);
    return found;
  }

  async getManyFromCache<R extends Row, K extends string>(
    model: Model<R, K>,
    key: K,
    values: readonly string[],
  ): Promise<Map<string, R>> {
    this.dropStale();
    const known = new Map<string, R>();
    for (const value of values) {
      const row = await (this.rows.get(nameOf(model, key, value)) as Promise<R | null> | undefined);
      if (row) known.set(value, row);
    }
    const missing = values.filter((value) => !known.has(value));
    const loaded = await this.source.getManyFromCache(model, key, missing);
    for (const [value, row] of loaded) {
      this.rows.set(nameOf(model, key, value), Promise.resolve(row));
      known.set(value, row);
    }
    return known;
  }

  private dropStale(): void {
    if (this.generation() === this.remembered) return;
    this.rows.clear();
    this.remembered = this.generation();
  }
}

function nameOf(model: Readonly<{ name: string }>, key: string, value: string): string {
  return `${model.name}:${key}:${value}`;
}
