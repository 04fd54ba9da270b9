import { badRequest } from './errors.ts';

/** Page sizes of lists, and of the one list of names that is read whole (releases-api 12.1, 3.12). */
export const PER_PAGE_MAX = 100;
export const PER_PAGE_MAX_STATS = 1000;

/**
 * The `per_page` parameter; the maximum is also the default.
 * @throws AppError 400 for what is no integer or out of range.
 */
export function parsePerPage(text: string | null | undefined, max = PER_PAGE_MAX): number {
  if (text === null || text === undefined) return max;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest('Invalid per_page parameter.');
  const perPage = Number(text);
  if (perPage < 1 || perPage > max) {
    throw badRequest(`Invalid per_page value. Must be between 1 and ${max}.`);
  }
  return perPage;
}
