/** Crockford's base 32: no I, L, O and U, so that ids survive being read aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ALPHABET_SIZE = 32n;

/** Short ids are bigint columns; 13 symbols hold any of them. */
const NUMBER_MAX = 2n ** 63n - 1n;
const SYMBOLS_MAX = 13;

const values = new Map<string, bigint>([
  ...Array.from(alphabet, (symbol, value): [string, bigint] => [symbol, BigInt(value)]),
  ['I', 1n],
  ['L', 1n],
  ['O', 0n],
]);

/** An issue within an organization; the number is decimal text, as the database driver sends bigint both ways. */
export type ShortId = Readonly<{ slug: string; number: string }>;

/** `SLUG-2B`, the public form of a short id. */
export function formatShortId({ slug, number }: ShortId): string {
  return `${slug.toUpperCase()}-${encodeBase32(number)}`;
}

/**
 * Reads a short id as people write it: any letter case, `issue:` in front, a blank or an underscore for the
 * hyphen. Null when it can name no issue (groups-projects-orgs "Short ids").
 */
export function parseShortId(text: string): ShortId | null {
  const [, slug, tail] = /^(?:issue:)?(.+)[\s_-]([\dA-Za-z]+)$/s.exec(text.trim()) ?? [];
  if (slug === undefined || tail === undefined) return null;
  const number = decodeBase32(tail);
  return number === null ? null : { slug: slug.toLowerCase(), number };
}

export function encodeBase32(number: string): string {
  let rest = BigInt(number);
  let text = '';
  do {
    text = alphabet.charAt(Number(rest % ALPHABET_SIZE)) + text;
    rest /= ALPHABET_SIZE;
  } while (rest > 0n);
  return text;
}

/** Null for other symbols and for what no bigint column holds. */
export function decodeBase32(text: string): string | null {
  const digits = text.replace(/^0+(?=.)/, '');
  if (digits === '' || digits.length > SYMBOLS_MAX) return null;
  let number = 0n;
  for (const symbol of digits.toUpperCase()) {
    const value = values.get(symbol);
    if (value === undefined) return null;
    number = number * ALPHABET_SIZE + value;
  }
  return number > NUMBER_MAX ? null : String(number);
}
