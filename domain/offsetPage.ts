import type { Cursor, Page } from './cursor.ts';
import { badRequest } from './errors.ts';
import { PER_PAGE_MAX_STATS } from './perPage.ts';

/** The rows to fetch for a page: `offset` and `limit` of the statement, one row more than the page. */
export type OffsetWindow = Readonly<{ offset: number; limit: number }>;

/**
 * Offset cursors hold the page size and the number of the page (releases-api 12.2).
 * @throws AppError 400 for a page before the first.
 */
export function offsetWindow(cursor: Cursor | null, perPage: number): OffsetWindow {
  const size = Math.trunc(cursor?.value ?? 0);
  const offset = size * (cursor?.offset ?? 0) + 0;
  if (offset < 0) throw badRequest('Pagination offset cannot be negative');
  if (size < 0) throw badRequest('Invalid cursor parameter.');
  return {
    offset: Math.min(offset, Number.MAX_SAFE_INTEGER),
    // A foreign page size sets the window, but never one larger than the largest page there is.
    limit: Math.min(size === 0 ? perPage : size, PER_PAGE_MAX_STATS) + 1,
  };
}

/** @param rows what `offsetWindow` asked for. */
export function offsetPage<T>(rows: readonly T[], cursor: Cursor | null, perPage: number): Page<T> {
  const number = cursor?.offset ?? 0;
  // When the cursor was made for another page size, the end of its window counts.
  const kept = cursor?.value === perPage ? rows : rows.slice(-(perPage + 1));
  return {
    items: kept.slice(0, perPage),
    previous: { value: perPage, offset: number - 1, isPrevious: true, hasResults: number > 0 },
    next: {
      value: perPage,
      offset: number + 1,
      isPrevious: false,
      hasResults: kept.length > perPage,
    },
  };
}
