import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from '../pool.ts';

/** A row that can be cached: plain JSON with an id. */
type Row = Readonly<{ id: string }>;

/**
 * Rows that are found by one value: by `keys`, each of which alone identifies a row. A key of two columns is written as
 * one text, `{organizationId}:{slug}`.
 */
export type Model<R extends Row, K extends string> = Readonly<{
  name: ModelName;
  row: z.ZodType<R>;
  /** What a row answers for each key; a row found by a pointer is checked with it. */
  keys: Readonly<Record<K, (row: R) => string>>;
  /** Rows with one of the values in this key, in any order; unknown values are left out. */
  load: (db: Queryable, key: K, values: readonly string[]) => Promise<R[]>;
  ttlMs: number;
  /** Part of every name in the cache: what was stored with another shape of the row is not found. */
  version: string;
}>;

/** As the triggers call them (migration 0014). */
export type ModelName = 'token' | 'organization' | 'project' | 'environment';

/** Exactly one key with its value. */
export type Criterion<K extends string> = {
  [Key in K]: Readonly<Record<Key, string>>;
}[K];

export function defineModel<R extends Row, K extends string>(
  model: Omit<Model<R, K>, 'version'>,
): Model<R, K> {
  const shape = JSON.stringify(z.toJSONSchema(model.row));
  return { ...model, version: createHash('sha256').update(shape).digest('hex').slice(0, 6) };
}

/** @throws TypeError for none or several: that is a programming error, not a row that does not exist. */
export function theOneOf<K extends string>(criterion: Criterion<K>): [key: K, value: string] {
  const [first, ...more] = Object.entries(criterion) as [K, string][];
  if (first === undefined || more.length > 0) {
    throw new TypeError(`One criterion is needed, not ${Object.keys(criterion).length}`);
  }
  return first;
}

/** What is asked of a cache, or of the database behind it. */
export type ModelReader = Readonly<{
  /** The row with this value in this key; null when there is none. */
  getFromCache<R extends Row, K extends string>(
    model: Model<R, K>,
    criterion: Criterion<K>,
  ): Promise<R | null>;
  /** The same for many values of one key, by value; unknown ones are left out. */
  getManyFromCache<R extends Row, K extends string>(
    model: Model<R, K>,
    key: K,
    values: readonly string[],
  ): Promise<Map<string, R>>;
}>;
