/**
 * Bounds of what is kept of an event. Lower cuts what people look for in an issue; higher makes one bad event as large
 * as a thousand good ones.
 */
const TEXT_LENGTH_MAX = 8_192;
const KEY_LENGTH_MAX = 200;
const KEYS_MAX = 250;
const LIST_LENGTH_MAX = 250;
/** Of a list that is too long the ends say most: how a stack began, and where it broke. */
const LIST_HEAD = 50;
const DEPTH_MAX = 16;

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Any parsed JSON as data that Postgres can store and people can read: cut where it is too long, wide or deep. */
export function trimData(value: unknown, depth = 0): Json {
  switch (typeof value) {
    case 'string':
      return cleanText(value, TEXT_LENGTH_MAX);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= DEPTH_MAX) return '<nested too deeply>';
      return Array.isArray(value) ? trimList(value, depth) : trimObject(value, depth);
    default:
      return null;
  }
}

/** Without NULs and lone surrogates, which Postgres cannot store, and no longer than `max`. */
export function cleanText(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  // A cut between two halves of a pair leaves a lone surrogate, so it comes first.
  const wellFormed = cut.isWellFormed() ? cut : cut.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '') : wellFormed;
}

/** The list itself when there is nothing to trim in it, as in nearly every event. */
function trimList(list: readonly unknown[], depth: number): readonly Json[] {
  const isShort = list.length <= LIST_LENGTH_MAX;
  const kept = isShort
    ? list
    : [...list.slice(0, LIST_HEAD), ...list.slice(LIST_HEAD - LIST_LENGTH_MAX)];
  const trimmed = kept.map((item) => trimData(item, depth + 1));
  return isShort && trimmed.every((item, index) => item === list[index])
    ? (list as readonly Json[])
    : trimmed;
}

/** The object itself when there is nothing to trim in it, as in nearly every event: a copy costs more than the look. */
function trimObject(object: object, depth: number): { readonly [key: string]: Json } {
  const source = object as Readonly<Record<string, unknown>>;
  const keys = Object.keys(source);
  const kept = keys.length > KEYS_MAX ? keys.slice(0, KEYS_MAX) : keys;
  const values = kept.map((key) => trimData(source[key], depth + 1));
  const isUntouched =
    kept === keys &&
    keys.every(
      (key, index) => values[index] === source[key] && cleanText(key, KEY_LENGTH_MAX) === key,
    );
  return isUntouched
    ? (source as { readonly [key: string]: Json })
    : Object.fromEntries(
        kept.map((key, index) => [cleanText(key, KEY_LENGTH_MAX), values[index] ?? null]),
      );
}
