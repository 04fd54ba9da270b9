import type { Scope } from '../../domain/scopes.ts';

/** Scopes of the organization endpoints (groups-projects-orgs 6.3). */
export const organizationScopes = {
  read: ['org:read', 'org:write', 'org:admin'],
} as const satisfies Record<string, readonly Scope[]>;

/**
 * Lists that pipelines read with the token they have: releases need them, so their scopes do too
 * (releases-api 15, permissions).
 */
export const listScopes: readonly Scope[] = [
  ...organizationScopes.read,
  'project:read',
  'project:write',
  'project:admin',
  'project:releases',
  'org:ci',
];

/** Scopes of one project's details. */
export const projectScopes = {
  read: ['project:read', 'project:write', 'project:admin'],
} as const satisfies Record<string, readonly Scope[]>;
