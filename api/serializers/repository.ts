import { formatDateTime } from '../../domain/dateTime.ts';
import type { RepositoryView } from '../../db/releases/releaseView.ts';
import { rowSerializer, type Json } from './serializer.ts';

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

export const repository = rowSerializer(serializeRepository);

/**
 * A repository (releases-api 13.5). One without a provider says `unknown`, an id that sentry-cli passes over when it
 * looks for the repository of the working copy (clients 3.5).
 */
export function serializeRepository(shown: RepositoryView): Json {
  const { provider } = shown;
  const plainProvider = provider?.replace(/^integrations:/, '') ?? '';
  return {
    id: shown.id,
    name: shown.name,
    url: shown.url,
    provider:
      provider === null
        ? { id: 'unknown', name: 'Unknown Provider' }
        : { id: provider, name: providerNames[plainProvider] ?? plainProvider },
    status: shown.status,
    dateCreated: formatDateTime(shown.dateCreated),
    integrationId: shown.integrationId,
    externalSlug: provider === null ? null : shown.name,
    externalId: shown.externalId,
  };
}
