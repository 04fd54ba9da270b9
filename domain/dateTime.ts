const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?: ?([Zz]|([+-])(\d\d):?(\d\d)?))?$/;
const unixPattern = /^([+-]?)(\d{1,15})(?:\.(\d*))?$/;
const postgresPattern = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

const YEAR_MIN = 1;
const YEAR_MAX = 9999;
const FRACTION_DIGITS = 6;

/**
 * A date as clients send it (releases-api 1.4): ISO 8601, or the text of unix seconds. Naive means UTC, digits
 * past the microsecond are cut off.
 * @returns `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which also sorts as text; null when the text is no date.
 */
export function parseDateTime(text: string): string | null {
  return parseIso(text) ?? parseUnixSeconds(text);
}

/** A timestamptz as Postgres writes it in a UTC session, with exactly six fractional digits. */
export function formatDateTime(timestamptz: string): string {
  const [, date, time, fraction = ''] = postgresPattern.exec(timestamptz) ?? [];
  if (date === undefined || time === undefined) {
    throw new RangeError(`Not a UTC timestamp of Postgres: ${timestamptz}`);
  }
  return `${date}T${time}.${fraction.padEnd(FRACTION_DIGITS, '0')}Z`;
}

function parseIso(text: string): string | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = 0, fraction = '', zone, sign] = match;
  const [offsetHour, offsetMinute] = [Number(match[10] ?? 0), Number(match[11] ?? 0)];
  const isInRange =
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    offsetHour < 24 &&
    offsetMinute < 60;
  if (!isInRange) return null;
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // The calendar rolls 30 February over to March; a changed month tells.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const offset =
    zone === undefined ? 0 : (offsetHour * 60 + offsetMinute) * 60 * (sign === '-' ? -1 : 1);
  const seconds =
    date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return write(seconds, microseconds(fraction));
}

function parseUnixSeconds(text: string): string | null {
  const [, sign, whole, fraction = ''] = unixPattern.exec(text) ?? [];
  if (whole === undefined) return null;
  const [seconds, micros] = [Number(whole), microseconds(fraction)];
  if (sign !== '-') return write(seconds, micros);
  return micros === 0 ? write(-seconds, 0) : write(-seconds - 1, 1_000_000 - micros);
}

function microseconds(fraction: string): number {
  return Number(fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0'));
}

/** Whole seconds go through Date, which is exact on them; the fraction never does. */
function write(seconds: number, micros: number): string | null {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= YEAR_MIN && year <= YEAR_MAX)) return null;
  return `${date.toISOString().slice(0, 19)}.${String(micros).padStart(FRACTION_DIGITS, '0')}Z`;
}
