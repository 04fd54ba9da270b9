import type { CacheAnswer, SharedCache } from '../../infra/cache/sharedCache.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import type { Logger } from '../../infra/logger.ts';
import type { LookUpOutcome, Metrics } from '../../infra/metrics.ts';
import type { Queryable } from '../pool.ts';
import { directModels } from './directModels.ts';
import { theOneOf, type Criterion, type Model, type ModelReader } from './model.ts';
import { entriesOf, lookupOf } from './modelEntries.ts';
import { ModelScope } from './modelScope.ts';

/**
 * Rows that nearly every request needs, shared by all processes (groups-projects-orgs 6.1, ADR 0010): a pointer leads
 * from a value to an id, an object holds the row of an id. What a pointer leads to must still carry the value that was
 * asked for, so a stale one never shows another row. Rows that do not exist are not remembered.
 */
export class ModelCache implements ModelReader {
  private readonly db: Queryable;
  private readonly shared: SharedCache;
  private readonly logger: Logger;
  private readonly counted: Metrics['cacheLookUps'];
  /** Requests that ask for the same at the same moment share one look-up that began after they asked. */
  private readonly lookUps = new Coalescer<unknown>();

  constructor(
    options: Readonly<{
      db: Queryable;
      shared: SharedCache;
      logger: Logger;
      counted: Metrics['cacheLookUps'];
    }>,
  ) {
    this.db = options.db;
    this.shared = options.shared;
    this.logger = options.logger;
    this.counted = options.counted;
  }

  /** Remembers for one request or activity what it has asked for; must not outlive it. */
  scope(): ModelReader {
    return new ModelScope(this, () => this.shared.generation);
  }

  async getFromCache<R extends Readonly<{ id: string }>, K extends string>(
    model: Model<R, K>,
    criterion: Criterion<K>,
  ): Promise<R | null> {
    const [key, value] = theOneOf(criterion);
    return this.lookUps.run(`${model.name}:${key}:${value}`, async () => {
      const rows = await this.find(model, key, [value]);
      return rows.get(value) ?? null;
    }) as Promise<R | null>;
  }

  async getManyFromCache<R extends Readonly<{ id: string }>, K extends string>(
    model: Model<R, K>,
    key: K,
    values: readonly string[],
  ): Promise<Map<string, R>> {
    return values.length === 0 ? new Map() : this.find(model, key, [...new Set(values)]);
  }

  private async find<R extends Readonly<{ id: string }>, K extends string>(
    model: Model<R, K>,
    key: K,
    values: readonly string[],
  ): Promise<Map<string, R>> {
    const reading = await this.shared.read(values.map((value) => lookupOf(model, key, value)));
    if (reading === null) {
      this.count(model, 'bypassed', values.length);
      return directModels(this.db).getManyFromCache(model, key, values);
    }
    const found = new Map<string, R>();
    const missing: string[] = [];
    values.forEach((value, index) => {
      const row = this.readRow(model, key, value, reading.answers[index]);
      if (row === null) missing.push(value);
      else found.set(value, row);
    });
    this.count(model, 'hit', found.size);
    this.count(model, 'miss', missing.length);
    if (missing.length === 0) return found;
    const loaded = await model.load(this.db, key, missing);
    this.shared.store(
      reading,
      loaded.flatMap((row) => entriesOf(model, row)),
    );
    for (const row of loaded) found.set(model.keys[key](row), row);
    return found;
  }

  private count(
    { name: model }: Readonly<{ name: string }>,
    outcome: LookUpOutcome,
    rows: number,
  ): void {
    if (rows > 0) this.counted.inc({ model, outcome }, rows);
  }

  /** Null for a miss, and for anything that is not the row that was asked for. */
  private readRow<R extends Readonly<{ id: string }>, K extends string>(
    model: Model<R, K>,
    key: K,
    value: string,
    answer: CacheAnswer | undefined,
  ): R | null {
    const text = key === 'id' ? answer?.found : answer?.target;
    if (text === null || text === undefined) return null;
    const row = parseRow(model, text);
    if (row !== null && (key === 'id' || row.id === answer?.found)) {
      // A pointer that leads to a row which has another value by now: slugs move from one row to another.
      return model.keys[key](row) === value ? row : null;
    }
    this.logger.warn({ model: model.name, key }, 'The cache holds something else than a row');
    return null;
  }
}

function parseRow<R extends Readonly<{ id: string }>, K extends string>(
  model: Model<R, K>,
  text: string,
): R | null {
  try {
    return model.row.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
