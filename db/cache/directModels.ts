import type { Queryable } from '../pool.ts';
import { theOneOf, type ModelReader } from './model.ts';

/** The same look-ups without a cache: for the admin tool, the worker, and inside of transactions. */
export function directModels(db: Queryable): ModelReader {
  return {
    getFromCache: async (model, criterion) => {
      const [key, value] = theOneOf(criterion);
      const [row] = await model.load(db, key, [value]);
      return row ?? null;
    },
    getManyFromCache: async (model, key, values) => {
      if (values.length === 0) return new Map();
      const rows = await model.load(db, key, [...new Set(values)]);
      return new Map(rows.map((row) => [model.keys[key](row), row]));
    },
  };
}
