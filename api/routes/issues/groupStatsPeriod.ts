import { badRequest } from '../../../domain/errors.ts';

const periods = ['', '24h', '14d', 'auto'];

/** @throws AppError 400 naming the choices. */
export function checkGroupStatsPeriod(query: URLSearchParams): void {
  const period = query.get('groupStatsPeriod') ?? '';
  if (periods.includes(period)) return;
  throw badRequest("Invalid stats_period. Valid choices are '', '24h', '14d', 'auto'");
}
