import { createHash } from 'node:crypto';
import { badRequest } from '../../domain/errors.ts';
import type { ApiRequest } from '../http/apiRequest.ts';

/** Visible ASCII; as long as any client's UUIDs and run ids, short enough to index. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Null without the header. */
export function readIdempotencyKey(request: ApiRequest): string | null {
  const key = request.header('idempotency-key');
  if (key !== null && !IDEMPOTENCY_KEY.test(key)) {
    throw badRequest('Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
  return key;
}

/**
 * Method, path and query are part of it: one key must not answer for another endpoint, nor for other issues than those
 * that a bulk change names in its query.
 */
export async function hashRequest(request: ApiRequest): Promise<Buffer> {
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
  return createHash('sha256')
    .update(`${request.method} ${request.path}${query}\n`)
    .update(await request.bytes())
    .digest();
}
