import { badRequest } from '../../../domain/errors.ts';
import { autoPeriod, namedPeriod, type StatsPeriod } from '../../../domain/issues/statsPeriod.ts';
import { parseDateRange } from '../../pagination/dateRange.ts';

/**
 * What the counts of a list are shown over, if any are wanted.
 * @throws AppError 400 naming the choices.
 */
export function parseGroupStatsPeriod(query: URLSearchParams, now: Date): StatsPeriod | null {
  const name = query.get('groupStatsPeriod') ?? '';
  const period = readPeriod(name, query, now);
  return query.getAll('collapse').includes('stats') ? null : period;
}

function readPeriod(name: string, query: URLSearchParams, now: Date): StatsPeriod | null {
  switch (name) {
    case '':
      return null;
    case '24h':
    case '14d':
      return namedPeriod(name, now);
    case 'auto':
      return autoPeriod(parseDateRange(query, now), now);
    default:
      throw badRequest("Invalid stats_period. Valid choices are '', '24h', '14d', 'auto'");
  }
}
