import { badRequest, notFound } from '../../domain/errors.ts';
import { findEnvironments } from '../../db/models/environment.ts';
import type { ApiRequest } from '../http/apiRequest.ts';

/** More than any organization deploys to; each one asked for costs a look-up. */
const REQUESTED_MAX = 100;

/**
 * Ids of the environments of the query string; null when none is asked for. The empty name is a real one.
 * @throws AppError not_found when any of them is unknown (groups-projects-orgs 5.3).
 */
export async function resolveEnvironments(
  { models, query }: Pick<ApiRequest, 'models' | 'query'>,
  organizationId: string,
): Promise<string[] | null> {
  const names = [...new Set(query.getAll('environment'))];
  if (names.length === 0) return null;
  if (names.length > REQUESTED_MAX) {
    throw badRequest(`At most ${REQUESTED_MAX} environments can be asked for.`);
  }
  const ids = await findEnvironments(models, organizationId, names);
  if (ids === null) throw notFound();
  return ids;
}
