/** A series of counts: so many steps of so many seconds from a start, which is in seconds since the epoch. */
export type StatsPeriod = Readonly<{
  name: string;
  start: number;
  stepSeconds: number;
  length: number;
}>;

const HOUR = 3_600;
const DAY = 86_400;

/** Counts are kept for so long, and nothing shows more. */
const DAYS_MAX = 30;

const series = {
  '24h': { stepSeconds: HOUR, length: 24 },
  '14d': { stepSeconds: DAY, length: 14 },
  '30d': { stepSeconds: DAY, length: DAYS_MAX },
} as const;

/** The steps until now; the last one is under way. */
export function namedPeriod(name: keyof typeof series, now: Date): StatsPeriod {
  const { stepSeconds, length } = series[name];
  const last = floorTo(now.getTime() / 1_000, stepSeconds);
  return { name, stepSeconds, length, start: last - (length - 1) * stepSeconds };
}

/**
 * What a list looks back at: in hours up to two days of it, else in days, the last thirty at most. Without a range it is
 * the last fourteen days.
 */
export function autoPeriod(
  range: Readonly<{ from: string | null; to: string | null }>,
  now: Date,
): StatsPeriod {
  if (range.from === null) return { ...namedPeriod('14d', now), name: 'auto' };
  const to = Math.min(Date.parse(range.to ?? now.toISOString()), now.getTime()) / 1_000;
  const from = Math.max(Date.parse(range.from) / 1_000, to - DAYS_MAX * DAY);
  const stepSeconds = to - from <= 2 * DAY ? HOUR : DAY;
  const last = floorTo(to, stepSeconds);
  // A step that began before the range would be shown as less than it was.
  const start = Math.min(Math.ceil(from / stepSeconds) * stepSeconds, last);
  return { name: 'auto', start, stepSeconds, length: (last - start) / stepSeconds + 1 };
}

function floorTo(seconds: number, step: number): number {
  return Math.floor(seconds / step) * step;
}
