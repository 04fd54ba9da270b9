import { parseDateTime } from '../../domain/dateTime.ts';
import { badRequest } from '../../domain/errors.ts';

export type DateRange = Readonly<{ from: string | null; to: string | null }>;

const secondsPerUnit: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
};

/** Longer periods end before there were computers, and overflow dates. */
const PERIOD_SECONDS_MAX = 100 * 365 * 86_400;

/**
 * `statsPeriod`, or `start` and `end` (releases-api 11.1); both ends are inclusive, null means no filter.
 * @throws AppError 400 with the reason.
 */
export function parseDateRange(query: URLSearchParams, now: Date): DateRange {
  const period = query.get('statsPeriod') ?? '';
  if (period !== '') return { from: periodStart(period, now), to: now.toISOString() };
  const [start, end] = [query.get('start') ?? '', query.get('end') ?? ''];
  if (start === '' && end === '') return { from: null, to: null };
  if (start === '' || end === '') throw invalid('start and end are both required');
  const [from, to] = [parseEnd(start), parseEnd(end)];
  if (from >= to) throw invalid('start must be before end');
  return { from, to };
}

function periodStart(period: string, now: Date): string {
  const [, count = '', unit = 's'] = /^(\d{1,10})([smhdw]?)$/.exec(period) ?? [];
  const seconds = Number(count) * (secondsPerUnit[unit] ?? 1);
  if (count === '' || seconds > PERIOD_SECONDS_MAX)
    throw invalid(`Invalid statsPeriod: '${period}'`);
  return new Date(now.getTime() - seconds * 1_000).toISOString();
}

function parseEnd(text: string): string {
  // A bare date is its midnight.
  const date = parseDateTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text);
  if (date === null) throw invalid(`${text} is not a valid ISO8601 date query`);
  return date;
}

function invalid(reason: string): Error {
  return badRequest(`Invalid date range: ${reason}`);
}
