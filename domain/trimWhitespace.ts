/**
 * What Python's `str.strip()` removes, because clients were written against it: unlike `String.prototype.trim`
 * it takes the information separators U+001C to U+001F and U+0085, and leaves a byte order mark alone.
 */
const whitespace = new Set(
  [
    [0x09, 0x0d],
    [0x1c, 0x20],
    [0x85, 0x85],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
  ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
);

/** Loops instead of a pattern: `\s+$` takes quadratic time on a text full of inner blanks. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && whitespace.has(text.charCodeAt(start))) start++;
  while (end > start && whitespace.has(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
