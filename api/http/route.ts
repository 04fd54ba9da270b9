import type { z } from 'zod';
import type { Scope } from '../../domain/scopes.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';

/**
 * Who may call:
 * - `public`: no token is looked at.
 * - `authenticated`: any valid token.
 * - a list: a valid token with at least one of these scopes.
 */
export type Access = 'public' | 'authenticated' | readonly Scope[];

/**
 * One endpoint: everything that the router, the OpenAPI document and the tests of permissions need to know.
 * Paths are written as in the documentation: `/api/0/organizations/{organization}/releases/{version}/`.
 */
export type Route = Readonly<{
  /** Verb and noun, equal to the file's name and to the operationId of the OpenAPI document. */
  name: string;
  method: Method;
  path: string;
  summary: string;
  access: Access;
  /** Documentation of query parameters by name; parsing belongs to the handler. */
  query?: Readonly<Record<string, string>>;
  /** Documentation of the body; parsed by the handler, because 401, 403 and 404 come first (releases-api 1.2). */
  body?: z.ZodType;
  /** Documented answers: status and what it means. */
  responses: Readonly<Record<number, string>>;
  /**
   * Writes are remembered under their Idempotency-Key by their answer (api/idempotency/), unless they say that they do
   * so themselves: in the transaction of the write, as an operation.
   */
  idempotency?: 'operation';
  handle: (request: ApiRequest, context: AppContext) => Promise<ApiResponse>;
}>;

/** Names the type once, so that route files read as data. */
export function route(definition: Route): Route {
  return definition;
}
