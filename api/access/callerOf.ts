import type { Principal } from './principal.ts';

/** Whose limits and remembered answers count: a person whatever token they use; an organization token for itself. */
export function callerOf(principal: Principal): string {
  return principal.kind === 'user' ? `user:${principal.userId}` : `token:${principal.tokenId}`;
}
