import { randomUUID } from 'node:crypto';
import type { Principal } from '../access/principal.ts';
import type { AppContext } from '../context.ts';
import { ApiRequest } from '../http/apiRequest.ts';
import type { ApiResponse } from '../http/apiResponse.ts';
import { dispatch } from '../http/dispatch.ts';
import { errorResponse } from '../http/errorResponse.ts';
import type { Method, Route } from '../http/route.ts';
import { ApiError } from './apiError.ts';

type InternalCall = Readonly<{
  /**
   * For whom: somebody by name, or whoever sent the request that is being answered, from their address. A value of this
   * program and nothing that travels, so no header can pretend to be it.
   */
  as: Principal | ApiRequest;
  query?: Readonly<Record<string, string>>;
  /** Goes through JSON, so that the endpoint sees what it would see over HTTP. */
  data?: unknown;
}>;

const API_PREFIX = '/api/0';

/** The host of requests that never leave this process. */
const NOWHERE = 'http://internal.invalid';

/**
 * Calls endpoints inside of this process (groups-projects-orgs 6.6): nobody authenticates again, but scopes, roles and
 * bodies are checked as over HTTP. Paths that do not start with `/api/` are those of `/api/0`.
 * All methods throw ApiError for answers of 400 and more.
 */
export class InternalClient {
  private readonly routes: readonly Readonly<{ route: Route; pattern: RegExp }>[];
  private readonly context: () => AppContext;

  /** @param context asked for at each call, because it holds this client itself. */
  constructor(routes: readonly Route[], context: () => AppContext) {
    this.routes = routes.map((route) => ({ route, pattern: patternOf(route) }));
    this.context = context;
  }

  get(path: string, call: InternalCall): Promise<ApiResponse> {
    return this.call('GET', path, call);
  }

  post(path: string, call: InternalCall): Promise<ApiResponse> {
    return this.call('POST', path, call);
  }

  put(path: string, call: InternalCall): Promise<ApiResponse> {
    return this.call('PUT', path, call);
  }

  delete(path: string, call: InternalCall): Promise<ApiResponse> {
    return this.call('DELETE', path, call);
  }

  private async call(method: Method, path: string, call: InternalCall): Promise<ApiResponse> {
    const pathname = path.startsWith('/api/') ? path : `${API_PREFIX}${path}`;
    const response = throughJson(await this.answer(method, pathname, call));
    if (response.status >= 400) throw new ApiError(response);
    return response;
  }

  private async answer(
    method: Method,
    pathname: string,
    { as, query, data }: InternalCall,
  ): Promise<ApiResponse> {
    const context = this.context();
    const caller = as instanceof ApiRequest ? as : null;
    const id = caller?.id ?? randomUUID();
    const found = this.routes.find(
      ({ route, pattern }) => route.method === method && pattern.test(pathname),
    );
    if (found === undefined) return { status: 404, body: { detail: 'There is no such route.' } };
    try {
      return await dispatch(
        found.route,
        {
          id,
          raw: requestOf(method, data),
          pathname,
          search: new URLSearchParams(query).toString(),
          principal: as instanceof ApiRequest ? as.principal : as,
          models: context.caches.models.scope(),
          remoteAddress: caller?.remoteAddress ?? null,
        },
        context,
      );
    } catch (error) {
      return errorResponse(error, id, context.logger);
    }
  }
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** Carries nothing but the data: who asks is not in it. */
function requestOf(method: Method, data: unknown): Request {
  if (data === undefined) return new Request(NOWHERE, { method });
  return new Request(NOWHERE, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(data),
  });
}

function throughJson(response: ApiResponse): ApiResponse {
  return response.body === undefined || response.body instanceof Uint8Array
    ? response
    : { ...response, body: JSON.parse(JSON.stringify(response.body)) as unknown };
}
