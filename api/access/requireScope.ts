import { AppError } from '../../domain/errors.ts';
import { withImpliedScopes, type Scope } from '../../domain/scopes.ts';

/** @throws AppError forbidden when the token has none of the scopes, nor one that implies one of them. */
export function requireScope(granted: readonly Scope[], accepted: readonly Scope[]): void {
  const hasOne = (scopes: readonly Scope[]): boolean =>
    accepted.some((scope) => scopes.includes(scope));
  if (hasOne(granted) || hasOne(withImpliedScopes(granted))) return;
  throw insufficientScope(accepted, `One of these scopes is needed: ${accepted.join(', ')}.`);
}

/** The text starts as clients expect it; what would help comes after. */
export function forbidden(help?: string, headers: Record<string, string> = {}): AppError {
  const text = 'You do not have permission to perform this action.';
  return new AppError('forbidden', help === undefined ? text : `${text} ${help}`, { headers });
}

/** Names the scopes of which one would do, for people (decisions 34) and in the header for clients (releases-api 1.2). */
export function insufficientScope(accepted: readonly Scope[], help: string): AppError {
  return forbidden(help, {
    'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${accepted.join(' ')}"`,
  });
}
