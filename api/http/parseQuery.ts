import { badRequest } from '../../domain/errors.ts';
import { unstorableText } from '../validation/textRules.ts';
import { parseUrlEncoded } from '../validation/urlEncoded.ts';

/**
 * Room for two hundred projects by id. The Link header repeats the query twice, escaped, and clients stop reading
 * headers of 16 KB and more.
 */
const QUERY_LENGTH_MAX = 6_000;

/**
 * The query string decoded strictly: every value can be looked up in the database.
 * @throws AppError 400 for one that is too long, no UTF-8, or holds NULs.
 */
export function parseQuery(search: string): URLSearchParams {
  if (search.length > QUERY_LENGTH_MAX) {
    throw badRequest(`The query string is longer than ${QUERY_LENGTH_MAX} characters.`);
  }
  const pairs = parseUrlEncoded(search, 'The query string');
  for (const text of pairs.flat()) {
    const problem = unstorableText(text);
    if (problem !== null) throw badRequest(problem);
  }
  return new URLSearchParams(pairs);
}
