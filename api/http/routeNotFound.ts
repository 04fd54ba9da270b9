import { notFound } from '../../domain/errors.ts';
import type { ApiResponse } from './apiResponse.ts';

/** Slipway's own paths have no slash at their end, and no upstream to be like. */
const OWN_PATHS = '/api/slipway/';

/** Nothing is redirected: clients treat a redirect as success and fail on its body (releases-api 1.1, clients 2.1). */
export function routeNotFound(request: Request): ApiResponse {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith(OWN_PATHS)) return { status: 404, body: { detail: notFound().message } };
  if (pathname.endsWith('/')) return { status: 404 };
  const suggestion = `${pathname}/`;
  const hint = 'Route not found, did you forget a trailing slash?';
  if (request.headers.get('content-type')?.startsWith('application/json') === true) {
    return { status: 404, body: { info: `${hint} try: ${suggestion}` } };
  }
  const caret = ' '.repeat('try: '.length + pathname.length);
  return {
    status: 404,
    body: `${hint}\n\ntry: ${suggestion}\n${caret}^\n`,
    headers: { 'Content-Type': 'text/plain' },
  };
}
