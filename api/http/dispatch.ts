import type { ModelReader } from '../../db/cache/model.ts';
import type { Principal } from '../access/principal.ts';
import { requireScope } from '../access/requireScope.ts';
import type { AppContext } from '../context.ts';
import { rememberAnswer } from '../idempotency/rememberAnswer.ts';
import { rememberedBy } from '../idempotency/rememberedBy.ts';
import { ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';
import { parseQuery } from './parseQuery.ts';
import type { Route } from './route.ts';

type Call = Readonly<{
  id: string;
  raw: Request;
  /** As sent, percent-encoded. */
  pathname: string;
  /** Without the question mark. */
  search: string;
  /** Null on public routes only. */
  principal: Principal | null;
  models: ModelReader;
  remoteAddress: string | null;
}>;

/**
 * The one way to a handler, from outside and from inside: who asks is known by now, and their scopes are checked here.
 * A write that was done before under the same Idempotency-Key does not come to its handler.
 * @throws AppError forbidden, and whatever the handler refuses.
 */
export async function dispatch(
  route: Route,
  { pathname, search, principal, ...call }: Call,
  context: AppContext,
): Promise<ApiResponse> {
  if (principal !== null && route.access !== 'public' && route.access !== 'authenticated') {
    requireScope(principal.scopes, route.access);
  }
  const request = new ApiRequest({
    ...call,
    principal,
    path: pathname,
    query: parseQuery(search),
    params: pathParams(route.path, pathname),
  });
  if (rememberedBy(route) !== 'answer') return route.handle(request, context);
  return rememberAnswer(request, context, () => route.handle(request, context));
}

/** The segments as sent: Hono decodes leniently, and a version must be decoded exactly once (clients 2.1). */
function pathParams(pattern: string, pathname: string): Record<string, string> {
  const segments = pathname.split('/');
  return Object.fromEntries(
    pattern
      .split('/')
      .map((part, index) => [/^\{(\w+)\}$/.exec(part)?.[1], segments[index] ?? ''] as const)
      .filter((entry): entry is [string, string] => entry[0] !== undefined),
  );
}
