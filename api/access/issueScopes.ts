import type { Scope } from '../../domain/scopes.ts';

/** Scopes of issues and their events (groups-projects-orgs 1.11). */
export const issueScopes = {
  read: ['event:read', 'event:write', 'event:admin'],
  write: ['event:write', 'event:admin'],
  remove: ['event:admin'],
} as const satisfies Record<string, readonly Scope[]>;
