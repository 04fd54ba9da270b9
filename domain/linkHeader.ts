import { formatCursor, type PageCursor } from './cursor.ts';

/**
 * The Link header of a paginated reply (releases-api 12.1): both relations, previous first. Clients read `results`.
 * @param path of the request, percent-encoded as it came.
 */
export function linkHeader(options: {
  publicUrl: string;
  path: string;
  query: URLSearchParams;
  previous: PageCursor;
  next: PageCursor;
}): string {
  const url = `${options.publicUrl}${encodePath(options.path)}?${encodeQuery(options.query)}`;
  return `${link(url, 'previous', options.previous)}, ${link(url, 'next', options.next)}`;
}

function link(url: string, relation: 'previous' | 'next', cursor: PageCursor): string {
  const text = formatCursor(cursor);
  return `<${url}&cursor=${text}>; rel="${relation}"; results="${cursor.hasResults}"; cursor="${text}"`;
}

/** Encoded afresh, so that every spelling of a request gives the same link. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
}

/** Repeated parameters stand together, at the place of the first. */
function encodeQuery(query: URLSearchParams): string {
  return [...new Set(query.keys())]
    .filter((name) => name !== 'cursor')
    .flatMap((name) =>
      query.getAll(name).map((value) => `${encodeForm(name)}=${encodeForm(value)}`),
    )
    .join('&');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function encodeForm(text: string): string {
  return encode(text).replaceAll('%20', '+');
}

/** Only letters, digits and `_.-~` stay as they are: quotes and brackets would end the header's values. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
