import type { Scope } from '../../domain/scopes.ts';

/** Scopes of the release endpoints, of organizations and projects alike (releases-api 1.3). */
export const releaseScopes = {
  read: ['project:read', 'project:write', 'project:admin', 'project:releases', 'org:ci'],
  write: ['project:write', 'project:admin', 'project:releases', 'org:ci'],
  delete: ['project:admin', 'project:releases'],
} as const satisfies Record<string, readonly Scope[]>;
