import type { Route } from '../../api/http/route.ts';
import { scopes as allScopes, type Role, type Scope } from '../../domain/scopes.ts';
import {
  impliedScopes,
  permissions,
  rolelessScopes,
  roleScopes,
  type Permission,
} from './permissionTable.ts';

/** Who asks, as far as permissions go. */
export type Caller = Readonly<{
  scopes: readonly Scope[];
  /** What they are to the organization that is asked about; a role makes them a person. */
  is: Role | 'organizationToken' | 'tokenOfAnother' | 'stranger';
}>;

/** What the table promises: `through` is any answer but these. */
export type Outcome = 'through' | 401 | 403 | 404;

/** @throws for a route of which nobody has said who may use it. */
export function permissionOf({ name }: Route): Permission {
  const permission = permissions[name];
  if (permission === undefined) throw new Error(`permissionTable.ts does not say who may ${name}.`);
  return permission;
}

/** Scopes of which each alone will do: those of the row, and what implies them. */
export function acceptedScopes({ scopes }: Permission): readonly Scope[] {
  if (typeof scopes === 'string') return [];
  return allScopes.filter((scope) =>
    withImplied([scope]).some((reached) => scopes.includes(reached)),
  );
}

/** What a caller gets, in the order in which it is found out. */
export function expectedOutcome(permission: Permission, caller: Caller, path: string): Outcome {
  const { scopes, needsPerson, isHidden } = permission;
  if (scopes === 'public') return 'through';
  const isPerson = caller.is !== 'organizationToken' && caller.is !== 'tokenOfAnother';
  const hasOne = (reach: readonly Scope[]): boolean =>
    typeof scopes === 'string' || scopes.some((scope) => reach.includes(scope));
  if (!hasOne(withImplied(caller.scopes))) return 403;
  if (needsPerson === true && !isPerson) return 401;
  // Paths without an organization, and without anything of one, are about the caller.
  if (scopes === 'authenticated' || path === '/api/0/organizations/') return 'through';
  if (caller.is === 'stranger') return 404;
  if (caller.is === 'tokenOfAnother') return isHidden === true ? 404 : 403;
  if (caller.is === 'organizationToken') return 'through';
  const reach = effective(caller.scopes, caller.is);
  const isEnough = scopes === 'some scope' ? reach.length > 0 : hasOne(reach);
  if (isEnough) return 'through';
  return isHidden === true ? 404 : 403;
}

function withImplied(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.flatMap((scope) => [scope, ...(impliedScopes[scope] ?? [])]);
}

/** Both the token and the role of its person must allow it. */
function effective(scopes: readonly Scope[], role: Role): readonly Scope[] {
  return withImplied(scopes).filter(
    (scope) => rolelessScopes.includes(scope) || roleScopes[role].includes(scope),
  );
}
