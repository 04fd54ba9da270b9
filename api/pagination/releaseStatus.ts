import { badRequest } from '../../domain/errors.ts';

/** `open` when absent; empty asks for any status (releases-api 11.1). */
export function parseReleaseStatus(query: URLSearchParams): 'open' | 'archived' | null {
  const status = query.get('status') ?? 'open';
  if (status === '') return null;
  if (status !== 'open' && status !== 'archived') throw badRequest('invalid value for status');
  return status;
}
