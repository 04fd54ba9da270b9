import type { Route } from '../http/route.ts';

/**
 * How a write knows what it is sent again with the same Idempotency-Key. Null for what is no write, and for public
 * endpoints: events, deliveries of hooks and the like carry ids of their own.
 */
export function rememberedBy({
  method,
  access,
  idempotency,
}: Route): 'operation' | 'answer' | null {
  if (method === 'GET' || method === 'OPTIONS' || access === 'public') return null;
  return idempotency ?? 'answer';
}
