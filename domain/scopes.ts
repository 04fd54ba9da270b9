/** Every scope that a token may carry (groups-projects-orgs 6.3). */
export const scopes = [
  'org:read',
  'org:write',
  'org:admin',
  'org:integrations',
  'org:ci',
  'member:invite',
  'member:read',
  'member:write',
  'member:admin',
  'team:read',
  'team:write',
  'team:admin',
  'project:read',
  'project:write',
  'project:admin',
  'project:releases',
  'project:distribution',
  'event:read',
  'event:write',
  'event:admin',
  'alerts:read',
  'alerts:write',
  'openid',
  'profile',
  'email',
] as const;

export type Scope = (typeof scopes)[number];

export const roles = ['member', 'admin', 'manager', 'owner'] as const;

export type Role = (typeof roles)[number];

const memberScopes: readonly Scope[] = [
  'org:read',
  'member:read',
  'member:invite',
  'team:read',
  'project:read',
  'project:releases',
  'project:distribution',
  'event:read',
  'event:write',
  'event:admin',
  'alerts:read',
  'alerts:write',
];

const adminScopes: readonly Scope[] = [
  ...memberScopes,
  'org:integrations',
  'team:write',
  'team:admin',
  'project:write',
  'project:admin',
];

const managerScopes: readonly Scope[] = [
  ...adminScopes,
  'org:write',
  'member:write',
  'member:admin',
];

/** What each role may do at most; a token never reaches further than its user. */
const roleScopes: Readonly<Record<Role, readonly Scope[]>> = {
  member: memberScopes,
  admin: adminScopes,
  manager: managerScopes,
  owner: [...managerScopes, 'org:admin'],
};

/** Say nothing about an organization, so no role takes them away; `org:ci` is for tokens of machines. */
const rolelessScopes: ReadonlySet<Scope> = new Set(['openid', 'profile', 'email', 'org:ci']);

/** A user token reaches as far as both its own scopes and the role of its user. */
export function effectiveScopes(granted: readonly Scope[], role: Role): Scope[] {
  return granted.filter((scope) => rolelessScopes.has(scope) || roleScopes[role].includes(scope));
}
