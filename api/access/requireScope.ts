import { AppError } from '../../domain/errors.ts';
import type { Scope } from '../../domain/scopes.ts';

/**
 * @throws AppError forbidden whose text names the scopes of which one would do (decisions 34).
 */
export function requireScope(granted: readonly Scope[], accepted: readonly Scope[]): void {
  if (accepted.some((scope) => granted.includes(scope))) return;
  throw forbidden(`One of these scopes is needed: ${accepted.join(', ')}.`);
}

/** The text starts as clients expect it; what would help comes after. */
export function forbidden(help?: string): AppError {
  const text = 'You do not have permission to perform this action.';
  return new AppError('forbidden', help === undefined ? text : `${text} ${help}`);
}
