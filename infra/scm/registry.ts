import type { ApiOptions } from './apiClient.ts';
import { createGitProvider, type GitProviderOptions } from './git.ts';
import { createGitHubProvider } from './github.ts';
import { createGitLabProvider } from './gitlab.ts';
import type { ScmProvider } from './provider.ts';
import { createMemoryCache, type ResponseCache } from './responseCache.ts';

export type ScmOptions = Readonly<{
  git: Omit<GitProviderOptions, 'policy'>;
  policy: ApiOptions['policy'];
  /** Shared by all processes when there is one; otherwise each remembers for itself. */
  cache?: ResponseCache;
  requestTimeoutMs?: number;
}>;

/** Finds providers by the id that a repository has; null for ids that nothing can be fetched from (releases-api 6). */
export type ScmRegistry = Readonly<{ find: (id: string | null) => ScmProvider | null }>;

/** Sentry's clients know the same hosts by this prefix too (clients 3.5). */
const INTEGRATION_PREFIX = 'integrations:';

export function createScmRegistry(options: ScmOptions): ScmRegistry {
  const { policy, requestTimeoutMs } = options;
  const api: ApiOptions = {
    policy,
    cache: options.cache ?? createMemoryCache(),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  };
  const github = createGitHubProvider(api);
  const providers = new Map<string, ScmProvider>([
    ['git', createGitProvider({ ...options.git, policy })],
    ['github', github],
    ['github_enterprise', github],
    ['gitlab', createGitLabProvider(api)],
  ]);
  return {
    find: (id) => {
      if (id === null) return null;
      const name = id.startsWith(INTEGRATION_PREFIX) ? id.slice(INTEGRATION_PREFIX.length) : id;
      return providers.get(name) ?? null;
    },
  };
}
