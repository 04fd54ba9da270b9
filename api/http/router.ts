import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { AppError } from '../../domain/errors.ts';
import { authenticate } from '../access/authenticate.ts';
import type { AppContext } from '../context.ts';
import type { ApiResponse } from './apiResponse.ts';
import { dispatch } from './dispatch.ts';
import { errorResponse } from './errorResponse.ts';
import { limitRequest } from './limitRequest.ts';
import { routeNotFound } from './routeNotFound.ts';
import type { Route } from './route.ts';

/** Clients choose ids for their own logs; longer or stranger ones than this are replaced. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What the HTTP server hands over beside the request; absent where an app is called without a server. */
type ServerBindings = Readonly<{
  incoming?: Readonly<{ url?: string; socket?: Readonly<{ remoteAddress?: string }> }>;
}>;

/** Serves the routes: request id, authentication, scope, handler, errors, metrics, in this order and nowhere else. */
export function createRouter(routes: readonly Route[], context: AppContext): Hono {
  const app = new Hono({ strict: true });
  const methodsByPath = Map.groupBy(routes, (route) => route.path);
  for (const [path, siblings] of methodsByPath) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    const byMethod = new Map<string, Route>(siblings.map((route) => [route.method, route]));
    app.all(pattern, (c) =>
      hasDotSegment(c) ? send(requestId(c), { status: 404 }) : serve(c, byMethod, context),
    );
  }
  app.notFound((c) =>
    send(requestId(c), hasDotSegment(c) ? { status: 404 } : routeNotFound(c.req.raw)),
  );
  // Whatever escapes `serve` is a bug of the router itself; the client gets the shape it knows.
  app.onError((error, c) => send(requestId(c), errorResponse(error, requestId(c), context.logger)));
  return app;
}

/**
 * URL parsers resolve dot segments, encoded ones too, before a route is looked for: the deletion of a release called
 * `..` would arrive as that of its project.
 */
const dotSegment = /^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i;

function hasDotSegment(c: Context): boolean {
  const bindings = c.env as ServerBindings | undefined;
  return dotSegment.test(bindings?.incoming?.url ?? '');
}

async function serve(
  c: Context,
  byMethod: ReadonlyMap<string, Route>,
  context: AppContext,
): Promise<Response> {
  const id = requestId(c);
  const startedAt = performance.now();
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
  const found = byMethod.get(method);
  let response: ApiResponse;
  try {
    response = await answer(c, id, found, byMethod, context);
  } catch (error) {
    response = errorResponse(error, id, context.logger);
  }
  // Whoever is told that something is changed or revoked must find it so, whichever process they ask next.
  await context.caches.shared.settled();
  context.metrics.requestSeconds.observe(
    { method: c.req.method, route: found?.name ?? 'other', status: response.status },
    (performance.now() - startedAt) / 1_000,
  );
  return send(id, response, c.req.method === 'HEAD');
}

async function answer(
  c: Context,
  id: string,
  found: Route | undefined,
  byMethod: ReadonlyMap<string, Route>,
  context: AppContext,
): Promise<ApiResponse> {
  const access = found?.access ?? [...byMethod.values()][0]?.access ?? 'authenticated';
  const models = context.caches.models.scope();
  // 401 comes before every look at the resource, and before 405 (decisions 4 and 17).
  const principal =
    access === 'public' ? null : await authenticate(c.req.header('authorization'), models, context);
  if (found === undefined) {
    throw new AppError('method_not_allowed', `Method "${c.req.method}" not allowed.`, {
      headers: { Allow: allowed(byMethod) },
    });
  }
  const { pathname, search } = splitUrl(c.req.url);
  const admitted = await limitRequest(context.limiter, {
    route: found,
    principal,
    userAgent: c.req.header('user-agent'),
  });
  const call = {
    id,
    raw: c.req.raw,
    pathname,
    search,
    principal,
    models,
    remoteAddress: (c.env as ServerBindings).incoming?.socket?.remoteAddress ?? null,
  };
  try {
    return withHeaders(await dispatch(found, call, context), admitted.headers);
  } catch (error) {
    return withHeaders(errorResponse(error, id, context.logger), admitted.headers);
  } finally {
    admitted.release();
  }
}

/** `HEAD` is answered wherever `GET` is. */
function allowed(byMethod: ReadonlyMap<string, Route>): string {
  const methods = [...byMethod.keys()];
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

function withHeaders(
  response: ApiResponse,
  headers: Readonly<Record<string, string>>,
): ApiResponse {
  return { ...response, headers: { ...headers, ...response.headers } };
}

/** By hand, because the URL class resolves dot segments, also encoded ones, and the routes have been matched without. */
function splitUrl(url: string): { pathname: string; search: string } {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return end === -1
    ? { pathname: url.slice(start), search: '' }
    : { pathname: url.slice(start, end), search: url.slice(end + 1) };
}

function requestId(c: Context): string {
  const given = c.req.header('x-request-id');
  const known = c.get('requestId') as string | undefined;
  const id = known ?? (given !== undefined && REQUEST_ID.test(given) ? given : randomUUID());
  c.set('requestId', id);
  return id;
}

function send(id: string, { status, body, headers }: ApiResponse, isHead = false): Response {
  // A plain object: the server writes it as it is, where a `Headers` would be built for every answer to be taken apart.
  const all: Record<string, string> = { ...headers, 'X-Request-Id': id };
  if (body === undefined) return new Response(null, { status, headers: all });
  if (body instanceof Uint8Array) {
    return new Response(isHead ? null : new Uint8Array(body), { status, headers: all });
  }
  // Exactly this value: sentry-cli compares it letter by letter (clients 2.4).
  if (typeof body !== 'string') all['Content-Type'] = 'application/json';
  const text = isHead ? null : typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { status, headers: all });
}
