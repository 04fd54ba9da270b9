import { badRequest } from '../../domain/errors.ts';

/** In the order in which the error names them (releases-api 3.3). */
const statsPeriods = ['1h', '24h', '1d', '48h', '2d', '7d', '14d', '30d', '90d'];

/** @throws AppError 400 naming the choices; empty counts as absent. */
export function checkStatsPeriods(query: URLSearchParams): void {
  for (const parameter of ['summaryStatsPeriod', 'healthStatsPeriod']) {
    const period = query.get(parameter) ?? '';
    if (period !== '' && !statsPeriods.includes(period)) {
      const choices = statsPeriods.map((choice) => `'${choice}'`).join(', ');
      throw badRequest(`Invalid ${parameter}. Valid choices are ${choices}`);
    }
  }
}
