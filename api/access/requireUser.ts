import { AppError } from '../../domain/errors.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { Principal } from './principal.ts';

/** @throws AppError unauthenticated for organization tokens, which have no person behind them. */
export function requireUser({ principal }: ApiRequest): Extract<Principal, { kind: 'user' }> {
  if (principal.kind === 'user') return principal;
  throw new AppError('unauthenticated', 'This request requires an authenticated user.');
}
