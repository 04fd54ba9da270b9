import { AppError } from '../../domain/errors.ts';
import type { Admission, RateLimiter } from '../../infra/limits/rateLimiter.ts';
import { callerOf } from '../access/callerOf.ts';
import type { Principal } from '../access/principal.ts';
import type { Route } from './route.ts';

export type LimitedRequest = Readonly<{
  route: Route;
  principal: Principal | null;
  userAgent: string | undefined;
}>;

/** A request that may go on: what to say in its answer, and what to do when it is answered. */
export type Admitted = Readonly<{
  headers: Readonly<Record<string, string>>;
  release: () => void;
}>;

const unlimited: Admitted = { headers: {}, release: () => undefined };

/** Endpoints that share a limit: what pipelines do, what dashboards poll, and the rest. */
export function endpointGroup(path: string): 'releases' | 'issues' | 'default' {
  if (/\/releases\//.test(path)) return 'releases';
  return /\/(?:issues|events|groups)\//.test(path) ? 'issues' : 'default';
}

/**
 * Counts a request for its endpoint group, method and caller (groups-projects-orgs 6.5); public endpoints have no caller.
 * @throws AppError rate_limited, or unavailable for a write of a release client that gives up at 429 (ADR 0011).
 */
export async function limitRequest(
  limiter: RateLimiter | null,
  request: LimitedRequest,
): Promise<Admitted> {
  const { route, principal } = request;
  if (limiter === null || principal === null) return unlimited;
  const group = endpointGroup(route.path);
  const admission = await limiter.admit(`${group}:${route.method}:${callerOf(principal)}`);
  if (admission === null) return unlimited;
  const headers = limitHeaders(limiter, admission);
  if (admission.refusal === null) return { headers, release: admission.release };
  throw refused(limiter, admission, headers, request);
}

function limitHeaders({ limits }: RateLimiter, admission: Admission): Record<string, string> {
  return {
    'X-Sentry-Rate-Limit-Limit': String(limits.requests),
    'X-Sentry-Rate-Limit-Remaining': String(admission.remaining),
    'X-Sentry-Rate-Limit-Reset': String(Math.ceil(admission.resetAt / 1_000)),
    ...(limits.concurrent !== null && {
      'X-Sentry-Rate-Limit-ConcurrentLimit': String(limits.concurrent),
      'X-Sentry-Rate-Limit-ConcurrentRemaining': String(
        admission.concurrentRemaining ?? limits.concurrent,
      ),
    }),
  };
}

/** Nobody knows when one of the running requests ends; a second is what clients wait for by themselves. */
const CONCURRENT_RETRY_MS = 1_000;

function refused(
  { limits }: RateLimiter,
  { refusal, resetInMs }: Admission,
  headers: Record<string, string>,
  request: LimitedRequest,
): AppError {
  const message =
    refusal === 'requests'
      ? `You are attempting to use this endpoint too frequently. Limit is ${limits.requests} requests in ${limits.windowMs / 1_000} seconds`
      : `You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is ${limits.concurrent ?? 0}`;
  const retryAfterMs = refusal === 'requests' ? resetInMs : CONCURRENT_RETRY_MS;
  const code = givesUpAt429(request) ? 'unavailable' : 'rate_limited';
  return new AppError(code, message, { headers, retryAfterMs });
}

/**
 * sentry-cli fails at once at a 429 and repeats after a 503, POST included; the newer `sentry` CLI, which calls itself
 * `sentry-cli/0.x … node/…`, repeats after both (clients 2.6).
 */
function givesUpAt429({ route, userAgent }: LimitedRequest): boolean {
  const isReleaseWrite = route.method !== 'GET' && endpointGroup(route.path) === 'releases';
  return isReleaseWrite && /^sentry-cli\/[1-9](?!.* node\/)/.test(userAgent ?? '');
}
