import type { Scope } from '../../domain/scopes.ts';

/** Scopes of the organization endpoints (groups-projects-orgs 6.3). */
export const organizationScopes = {
  read: ['org:read', 'org:write', 'org:admin'],
  write: ['org:write', 'org:admin'],
  delete: ['org:admin'],
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
  write: ['project:write', 'project:admin'],
  delete: ['project:admin'],
} as const satisfies Record<string, readonly Scope[]>;

/** Scopes that make a project; members of a team may with less, unless the organization says otherwise. */
export const projectCreationScopes = {
  anyTeam: ['project:write', 'project:admin', 'org:write', 'org:admin'],
  ownTeam: ['project:read'],
  /** Where members may not create projects. */
  restricted: ['org:write', 'org:admin', 'team:admin'],
} as const satisfies Record<string, readonly Scope[]>;

export const teamScopes = {
  read: ['team:read', 'team:write', 'team:admin', ...organizationScopes.read],
  write: ['team:write', 'team:admin', ...organizationScopes.write],
  delete: ['team:admin', ...organizationScopes.write],
} as const satisfies Record<string, readonly Scope[]>;

export const memberScopes = {
  read: ['member:read', 'member:write', 'member:admin'],
  invite: ['member:invite', 'member:write', 'member:admin'],
  write: ['member:write', 'member:admin'],
} as const satisfies Record<string, readonly Scope[]>;

/** Making a token for machines is not more than a member may do; ending one is (groups-projects-orgs 6.3). */
export const organizationTokenScopes = {
  write: organizationScopes.read,
  delete: organizationScopes.write,
} as const satisfies Record<string, readonly Scope[]>;
