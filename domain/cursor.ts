import { badRequest } from './errors.ts';

/** Where a page starts, as clients send it back: `value:offset:is_previous` (releases-api 12). */
export type Cursor = Readonly<{ value: number; offset: number; isPrevious: boolean }>;

/** A cursor for the Link header: `hasResults` tells clients whether following it is worth while. */
export type PageCursor = Cursor & Readonly<{ hasResults: boolean }>;

export type Page<T> = Readonly<{ items: readonly T[]; previous: PageCursor; next: PageCursor }>;

const cursorPattern = /^([+-]?\d+(?:\.\d*)?):([+-]?\d+):([+-]?\d+)$/;

/**
 * Null for an absent or empty cursor: the first page.
 * @throws AppError 400 for anything that is not three numbers.
 */
export function parseCursor(text: string | null | undefined): Cursor | null {
  if (text === null || text === undefined || text === '') return null;
  const match = cursorPattern.exec(text);
  if (match === null) throw badRequest('Invalid cursor parameter.');
  const [value = 0, offset = 0, isPrevious = 0] = match.slice(1).map(toSafeNumber);
  return { value, offset, isPrevious: isPrevious !== 0 };
}

export function formatCursor({ value, offset, isPrevious }: Cursor): string {
  return `${value}:${offset}:${isPrevious ? 1 : 0}`;
}

/** What no list is longer than stands for everything beyond it, so that sums and products stay exact enough. */
function toSafeNumber(text: string): number {
  const number = Number(text);
  // Adding zero turns -0 into 0.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number)) + 0;
}
