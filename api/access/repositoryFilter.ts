import { notFound } from '../../domain/errors.ts';
import { findActiveRepository } from '../../db/releases/readCommits.ts';
import type { AppContext } from '../context.ts';

/**
 * Repositories that `repo_id` (the id at the host) and `repo_name` name, each by itself; null when neither is given.
 * @throws AppError not_found for one that no active repository has (releases-api 3.9).
 */
export async function repositoryFilter(
  context: AppContext,
  organizationId: string,
  query: URLSearchParams,
): Promise<Readonly<{ byId: string | null; byName: string | null }>> {
  const externalId = query.get('repo_id') ?? '';
  const name = query.get('repo_name') ?? '';
  const [byId, byName] = await Promise.all([
    externalId === '' ? null : findActiveRepository(context.pool, organizationId, { externalId }),
    name === '' ? null : findActiveRepository(context.pool, organizationId, { name }),
  ]);
  if ((externalId !== '' && byId === null) || (name !== '' && byName === null)) throw notFound();
  return { byId, byName };
}
