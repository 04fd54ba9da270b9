import type { Visibility } from '../../../db/environments.ts';
import { badRequest } from '../../../domain/errors.ts';

const visibilities: readonly Visibility[] = ['all', 'hidden', 'visible'];

/** @throws AppError 400 naming the choices (groups-projects-orgs 5.4). */
export function parseVisibility(query: URLSearchParams): Visibility {
  const given = query.get('visibility') ?? 'visible';
  const visibility = visibilities.find((known) => known === given);
  if (visibility === undefined) {
    const choices = visibilities.map((choice) => `'${choice}'`).join(', ');
    throw badRequest(`Invalid value for 'visibility', valid values are: [${choices}]`);
  }
  return visibility;
}

/** A path cannot carry the empty name, so one word stands for it. */
export function environmentName(segment: string): string {
  return segment === 'none' ? '' : segment;
}
