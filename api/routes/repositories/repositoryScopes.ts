import type { Scope } from '../../../domain/scopes.ts';

/** Who may connect an organization to its hosts (groups-projects-orgs 6.3). */
export const repositoryWriteScopes: readonly Scope[] = [
  'org:write',
  'org:admin',
  'org:integrations',
];
