/** More digits than a bigint may have. */
const ID_DIGITS_MAX = 18;

/**
 * Tells ids from slugs: only digits is always an id, which is why slugs may not be numeric.
 * A number that no id can have becomes 0, which finds nothing.
 */
export function idAndSlug(idOrSlug: string): [id: string | null, slug: string | null] {
  if (!/^\d+$/.test(idOrSlug)) return [null, idOrSlug];
  return [idOrSlug.length > ID_DIGITS_MAX ? '0' : idOrSlug, null];
}
