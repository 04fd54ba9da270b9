/**
 * Providers that a repository may have. sentry-cli takes every one of them for a place that a working copy can come
 * from, and gives up when one has no URL (clients 3.5, 9).
 */
export const repositoryProviders = [
  'git',
  'github',
  'github_enterprise',
  'gitlab',
  'bitbucket',
  'bitbucket_server',
  'vsts',
  'integrations:github',
  'integrations:github_enterprise',
  'integrations:gitlab',
  'integrations:bitbucket',
  'integrations:bitbucket_server',
  'integrations:vsts',
] as const;

export type RepositoryProvider = (typeof repositoryProviders)[number];

/** Providers that commits can be fetched from; repositories of the others only have names. */
export const fetchableProviders = [
  'git',
  'github',
  'github_enterprise',
  'gitlab',
  'integrations:github',
  'integrations:github_enterprise',
  'integrations:gitlab',
] as const satisfies readonly RepositoryProvider[];

export function isFetchableProvider(provider: string | null): boolean {
  return fetchableProviders.some((known) => known === provider);
}

/** Hosts whose repositories have their address in their name. */
const publicHosts: Readonly<Partial<Record<string, string>>> = {
  github: 'https://github.com',
  gitlab: 'https://gitlab.com',
  bitbucket: 'https://bitbucket.org',
};

/** The address of `owner/name` at a public host; null where the name does not tell it. */
export function publicRepositoryUrl(provider: RepositoryProvider, name: string): string | null {
  const host = publicHosts[provider.replace('integrations:', '')];
  const isPath = /^[\w.-]+(\/[\w.-]+)+$/.test(name);
  return host === undefined || !isPath ? null : `${host}/${name}`;
}
