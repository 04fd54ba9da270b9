import type { RepositoryDetails } from '../../../db/repositories.ts';
import { isFetchableProvider } from '../../../domain/repositoryProvider.ts';
import type { AppContext } from '../../context.ts';

/**
 * Brings the re-sync of a repository in line with it, and has it look at once: releases may wait for what was changed.
 * Best effort, because the schedule `schedule-resyncs` does the same in a few minutes.
 */
export async function keepResync(
  context: AppContext,
  organizationSlug: string,
  repository: RepositoryDetails,
): Promise<void> {
  const { id, name, status, provider } = repository;
  try {
    if (status === 'active' && isFetchableProvider(provider)) {
      const wanted = { repositoryId: id, repositoryName: name, organizationSlug };
      await context.fetches.startResync(wanted);
    } else {
      await context.fetches.stopResync(id);
    }
  } catch (error) {
    context.logger.warn(
      { err: error, repositoryId: id },
      'The re-sync of a repository was left as it is for now',
    );
  }
}
