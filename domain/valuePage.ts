import type { Cursor, Page, PageCursor } from './cursor.ts';

/**
 * The rows to fetch for a page of a list in ascending order of an integer key: keys from `value` on, ascending, or
 * down from `value`, descending; then `offset` and `limit`. Null as `value` means no bound.
 */
export type ValueWindow = Readonly<{
  direction: 'forward' | 'backward';
  value: number | null;
  offset: number;
  limit: number;
}>;

const firstPage: Cursor = { value: 0, offset: 0, isPrevious: false };

/** Value cursors hold the key to start at, and how many rows of that key to pass over (releases-api 12.2). */
export function valueWindow(cursor: Cursor | null, perPage: number): ValueWindow {
  const { value, offset, isPrevious } = cursor ?? firstPage;
  // Going back, the row at the bound belongs to the page that the reader comes from: one more to tell it apart.
  const extra = isPrevious && value !== 0 ? 2 : 1;
  const bound = isPrevious ? Math.floor(value) : Math.ceil(value);
  return {
    direction: isPrevious ? 'backward' : 'forward',
    value: value === 0 ? null : bound,
    offset: Math.max(0, offset),
    limit: perPage + extra,
  };
}

/**
 * @param rows what `valueWindow` asked for, in the order it asked for.
 * @param key the key that the list is ordered by.
 */
export function valuePage<T>(
  rows: readonly T[],
  cursor: Cursor | null,
  perPage: number,
  key: (row: T) => number,
): Page<T> {
  const from = cursor ?? firstPage;
  return from.isPrevious
    ? pageBefore(rows, from, perPage, key)
    : pageFrom(rows, from, perPage, key);
}

function pageFrom<T>(
  rows: readonly T[],
  from: Cursor,
  perPage: number,
  key: (row: T) => number,
): Page<T> {
  const keys = rows.map(key);
  const hasNext = rows.length > perPage;
  return {
    items: rows.slice(0, perPage),
    previous: {
      value: keys[0] ?? 0,
      offset: 0,
      isPrevious: true,
      hasResults: from.value !== 0 || from.offset !== 0,
    },
    next: { ...nextStart(keys, from, perPage, hasNext), isPrevious: false, hasResults: hasNext },
  };
}

function nextStart(
  keys: readonly number[],
  from: Cursor,
  perPage: number,
  hasNext: boolean,
): Pick<PageCursor, 'value' | 'offset'> {
  const [first, value] = [keys[0], keys.at(-1)];
  if (first === undefined || value === undefined) return { value: from.value, offset: from.offset };
  // A page within one key: the same start, further in.
  if (value === (from.value === 0 ? first : from.value)) {
    return { value, offset: from.offset + perPage };
  }
  // The extra row starts the next page, so it is not among those that were shown.
  const shown = hasNext ? keys.slice(0, -1) : keys;
  return { value, offset: shown.filter((key) => key === value).length };
}

function pageBefore<T>(
  descending: readonly T[],
  from: Cursor,
  perPage: number,
  key: (row: T) => number,
): Page<T> {
  const rows = dropBound(descending, from, perPage, key).toReversed();
  const hasPrevious = rows.length > perPage;
  const items = hasPrevious ? rows.slice(-perPage) : rows;
  const keys = items.map(key);
  const value = keys[0] ?? 0;
  const isSameKey = keys.length > 0 && value === from.value;
  return {
    items,
    previous: {
      value,
      offset: isSameKey
        ? from.offset + perPage
        : keys.slice(1).filter((candidate) => candidate === value).length,
      isPrevious: true,
      hasResults: hasPrevious,
    },
    next: { value: from.value, offset: from.offset, isPrevious: false, hasResults: true },
  };
}

function dropBound<T>(
  rows: readonly T[],
  from: Cursor,
  perPage: number,
  key: (row: T) => number,
): readonly T[] {
  const [first] = rows;
  if (first === undefined || from.value === 0) return rows;
  return key(first) === from.value ? rows.slice(1) : rows.slice(0, perPage + 1);
}
