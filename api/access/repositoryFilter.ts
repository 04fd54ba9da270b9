import { notFound } from '../../domain/errors.ts';
import { findActiveRepository } from '../../db/releases/readCommits.ts';
import type { AppContext } from '../context.ts';

/**
 * The repositories that `repo_id` (the id at the host) and `repo_name` ask for, in this order; empty when neither is
 * given.
 * @throws AppError not_found for one that no active repository has (releases-api 3.9).
 */
export async function repositoryFilter(
  context: AppContext,
  organizationId: string,
  query: URLSearchParams,
  parameters: readonly ('repo_id' | 'repo_name')[],
): Promise<string[]> {
  const given = parameters
    .map((parameter) => ({ parameter, value: query.get(parameter) ?? '' }))
    .filter(({ value }) => value !== '');
  const ids = await Promise.all(
    given.map(({ parameter, value }) =>
      findActiveRepository(
        context.pool,
        organizationId,
        parameter === 'repo_id' ? { externalId: value } : { name: value },
      ),
    ),
  );
  const found = ids.filter((id) => id !== null);
  if (found.length < given.length) throw notFound();
  return found;
}
