import type { RepositoryDetails } from '../../db/repositories.ts';
import { serializeRepository } from './repository.ts';
import { rowSerializer } from './serializer.ts';

/** A repository with how it is reached. That there is a token is all that anybody learns of it. */
export const repositoryDetails = rowSerializer((repository: RepositoryDetails) => ({
  ...serializeRepository(repository),
  apiUrl: repository.apiUrl,
  hasToken: repository.hasToken,
}));
