import { timingSafeEqual } from 'node:crypto';
import { AppError } from '../../domain/errors.ts';

/** @throws AppError idempotency_mismatch for a key that came with another request before. */
export function requireSameRequest(
  earlier: Readonly<{ bodyHash: Buffer }>,
  request: Readonly<{ bodyHash: Buffer }>,
): void {
  if (timingSafeEqual(earlier.bodyHash, request.bodyHash)) return;
  throw new AppError(
    'idempotency_mismatch',
    'This Idempotency-Key was used with another request. Use a new key for a new request.',
  );
}
