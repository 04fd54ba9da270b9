import { parseDateTime } from '../dateTime.ts';

/** Both ends belong to it; null is open. */
export type Range<T> = Readonly<{ from: T | null; to: T | null }>;

const secondsPerUnit: Readonly<Record<string, number>> = {
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/** Longer ago than this there were no computers, and dates overflow. */
const SECONDS_MAX = 100 * 365 * 86_400;

const MICROSECOND_TEXT = '000Z';

/**
 * What a search says of a date: `-24h` is within the last day, `+3d` longer ago than three days, `>=2026-01-31` and the
 * like compare, a bare date is that day. Null when it means nothing.
 */
export function parseDateTerm(text: string, now: Date): Range<string> | null {
  const relative = /^([+-])(\d{1,9})([mhdw])$/.exec(text);
  if (relative !== null) {
    const [, sign, count, unit = ''] = relative;
    const seconds = Number(count) * (secondsPerUnit[unit] ?? 0);
    if (seconds > SECONDS_MAX) return null;
    const date = toText(new Date(now.getTime() - seconds * 1_000));
    return sign === '-' ? { from: date, to: null } : { from: null, to: date };
  }
  const [, operator = '', value = ''] = /^([<>]=?|)(.*)$/s.exec(text) ?? [];
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value);
  const date = parseDateTime(isDay ? `${value}T00:00` : value);
  if (date === null) return null;
  if (operator.startsWith('>')) return { from: date, to: null };
  if (operator.startsWith('<')) return { from: null, to: date };
  return { from: date, to: isDay ? toText(new Date(Date.parse(date) + 86_399_999)) : date };
}

/** What a search says of a number: `10`, `>10`, `<=10`. Null when it means nothing. */
export function parseCountTerm(text: string): Range<number> | null {
  const [, operator = '', digits] = /^([<>]=?|)(\d{1,15})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const number = Number(digits);
  const beyond = operator.endsWith('=') ? 0 : 1;
  if (operator.startsWith('>')) return { from: number + beyond, to: null };
  if (operator.startsWith('<')) return { from: null, to: number - beyond };
  return { from: number, to: number };
}

/** Where both hold. */
export function intersect<T extends string | number>(a: Range<T>, b: Range<T>): Range<T> {
  return {
    from: a.from === null || (b.from !== null && b.from > a.from) ? b.from : a.from,
    to: a.to === null || (b.to !== null && b.to < a.to) ? b.to : a.to,
  };
}

/** As `parseDateTime` writes dates. */
function toText(date: Date): string {
  return date.toISOString().replace('Z', MICROSECOND_TEXT);
}
