import type { Role } from '../../domain/scopes.ts';

export function roleName(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
