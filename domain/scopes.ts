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

/** What follows by itself: who may write may read, who administers may do both (groups-projects-orgs 6.3). */
const impliedScopes: Readonly<Partial<Record<Scope, readonly Scope[]>>> = {
  'org:write': ['org:read'],
  'org:admin': ['org:read', 'org:write', 'org:integrations'],
  'member:write': ['member:read', 'member:invite'],
  'member:admin': ['member:read', 'member:write', 'member:invite'],
  'team:write': ['team:read'],
  'team:admin': ['team:read', 'team:write'],
  'project:write': ['project:read'],
  'project:admin': ['project:read', 'project:write'],
  'event:write': ['event:read'],
  'event:admin': ['event:read', 'event:write'],
  'alerts:write': ['alerts:read'],
};

/** The granted scopes with all that they imply. */
export function withImpliedScopes(granted: readonly Scope[]): Scope[] {
  return [...new Set(granted.flatMap((scope) => [scope, ...(impliedScopes[scope] ?? [])]))];
}

/** What an organization lets its members do; the roles above are not touched (groups-projects-orgs 4.2). */
export type MemberOptions = Readonly<{ eventsMemberAdmin: boolean; alertsMemberWrite: boolean }>;

function isRoleScope(scope: Scope, role: Role, options: MemberOptions): boolean {
  if (role === 'member') {
    if (scope === 'event:admin' && !options.eventsMemberAdmin) return false;
    if (scope === 'alerts:write' && !options.alertsMemberWrite) return false;
  }
  return roleScopes[role].includes(scope);
}

/** A user token reaches as far as both its own scopes, with what they imply, and the role of its user. */
export function effectiveScopes(
  granted: readonly Scope[],
  role: Role,
  options: MemberOptions,
): Scope[] {
  return withImpliedScopes(granted).filter(
    (scope) => rolelessScopes.has(scope) || isRoleScope(scope, role, options),
  );
}
