import { formatDateTime } from '../../domain/dateTime.ts';
import type { RepositoryView } from '../../db/releases/releaseView.ts';
import type { RepositoryDetails } from '../../db/repositories.ts';

/** Names as hosts write themselves; others show their id. */
const providerNames: Readonly<Record<string, string>> = {
  git: 'Git',
  github: 'GitHub',
  github_enterprise: 'GitHub Enterprise',
  gitlab: 'GitLab',
  bitbucket: 'Bitbucket',
  bitbucket_server: 'Bitbucket Server',
  vsts: 'Azure DevOps',
};

/**
 * A repository (releases-api 13.5). One without a provider says `unknown`, an id that sentry-cli passes over when it
 * looks for the repository of the working copy (clients 3.5).
 */
export function serializeRepository(repository: RepositoryView): Record<string, unknown> {
  const { provider } = repository;
  const plainProvider = provider?.replace(/^integrations:/, '') ?? '';
  return {
    id: repository.id,
    name: repository.name,
    url: repository.url,
    provider:
      provider === null
        ? { id: 'unknown', name: 'Unknown Provider' }
        : { id: provider, name: providerNames[plainProvider] ?? plainProvider },
    status: repository.status,
    dateCreated: formatDateTime(repository.dateCreated),
    integrationId: repository.integrationId,
    externalSlug: provider === null ? null : repository.name,
    externalId: repository.externalId,
  };
}

/** With how it is reached. That there is a token is all that anybody learns of it. */
export function serializeRepositoryDetails(repository: RepositoryDetails): Record<string, unknown> {
  const { apiUrl, hasToken } = repository;
  return { ...serializeRepository(repository), apiUrl, hasToken };
}
