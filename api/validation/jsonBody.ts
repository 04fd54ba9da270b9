import { badRequest, type AppError } from '../../domain/errors.ts';
import { describeJsonError } from './jsonError.ts';
import { errorAt, unstorableText } from './textRules.ts';

/** No endpoint needs more than six levels; deeper ones only serve to exhaust a stack. */
export const JSON_DEPTH_MAX = 64;

// ASCII, so each is one byte that cannot be part of another character in UTF-8.
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** Only an escape can bring in what Postgres cannot store: raw NULs are no JSON, raw surrogates no UTF-8. */
const suspectEscape = /\\u(?:0000|[dD][89a-fA-F])/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A JSON body as plain data; an empty one is an empty object, and a byte order mark is passed over. Every text in
 * the result can be stored. Objects keep a `__proto__` key as an ordinary property.
 * @throws AppError 400 for what is not JSON, is not UTF-8, is nested too deeply, or holds NULs or lone surrogates.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  if (isDeeperThan(bytes, JSON_DEPTH_MAX)) {
    throw parseError(`Nesting is deeper than ${JSON_DEPTH_MAX} levels`);
  }
  const text = decode(bytes);
  const body = parse(text);
  if (suspectEscape.test(text)) refuseUnstorable(body, []);
  return body;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw parseError('The body is not valid UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw parseError(describeJsonError(text));
  }
}

function parseError(reason: string): AppError {
  return badRequest(`JSON parse error - ${reason}`);
}

/** Runs on the bytes before anything is built from them. Quotes are found by the native search. */
function isDeeperThan(bytes: Uint8Array, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = endOfString(bytes, i);
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (++depth > max) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      depth--;
    }
  }
  return false;
}

/** The index of the closing quote; the end of the bytes when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end === -1 ? bytes.length : end;
}

function isEscaped(bytes: Uint8Array, index: number): boolean {
  let before = index;
  while (bytes[before - 1] === BACKSLASH) before--;
  return (index - before) % 2 === 1;
}

/** Field names count as text of the object that they stand in. */
function refuseUnstorable(value: unknown, path: readonly (string | number)[]): void {
  if (typeof value === 'string') {
    const problem = unstorableText(value);
    if (problem !== null) throw errorAt(path, problem);
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => refuseUnstorable(item, [...path, index]));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const problem = unstorableText(key);
      if (problem !== null) throw errorAt(path, problem);
      refuseUnstorable(item, [...path, key]);
    }
  }
}
