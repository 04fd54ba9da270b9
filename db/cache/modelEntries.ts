import { createHash } from 'node:crypto';
import type { CacheEntry, CacheLookup } from '../../infra/cache/sharedCache.ts';
import type { Model } from './model.ts';

type Row = Readonly<{ id: string }>;

/** The object of an id, or the pointer of another value. */
export function lookupOf<R extends Row, K extends string>(
  model: Model<R, K>,
  key: K,
  value: string,
): CacheLookup {
  return key === 'id'
    ? { name: objectName(model, value), prefix: null }
    : { name: pointerName(model, key, value), prefix: objectName(model, '') };
}

/** The object of a row and a pointer for each of its values. */
export function entriesOf<R extends Row, K extends string>(
  model: Model<R, K>,
  row: R,
): CacheEntry[] {
  const { ttlMs } = model;
  const keys = (Object.keys(model.keys) as K[]).filter((key) => key !== 'id');
  return [
    { name: objectName(model, row.id), value: JSON.stringify(row), ttlMs },
    ...keys.map((key) => ({
      name: pointerName(model, key, model.keys[key](row)),
      value: row.id,
      ttlMs,
    })),
  ];
}

/** Only objects are forgotten when a row changes: a pointer that leads to another row by then is found out. */
export function objectName(
  { name, version }: Pick<Model<Row, never>, 'name' | 'version'>,
  id: string,
): string {
  return `${name}:${version}:${id}`;
}

/** Hashed, because values may be long, and those of tokens are nobody's business. */
function pointerName<R extends Row, K extends string>(
  { name, version }: Model<R, K>,
  key: K,
  value: string,
): string {
  return `${name}:${version}:${key}:${createHash('sha256').update(value).digest('base64url')}`;
}
