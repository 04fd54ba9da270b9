import { z } from 'zod';
import type { Route } from './http/route.ts';
import { rememberedBy } from './idempotency/rememberedBy.ts';

/** The OpenAPI 3.1 document, made from the same routes that serve requests. */
export function openApiDocument(routes: readonly Route[], publicUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = describe(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Slipway',
      version: '0',
      description: "A release tracker that speaks Sentry's wire protocol.",
    },
    servers: [{ url: publicUrl }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function describe(route: Route): object {
  const pathParameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const queryParameters = Object.entries(route.query ?? {}).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: route.name,
    summary: route.summary,
    ...(typeof route.access === 'string'
      ? {}
      : { description: `Needs one of the scopes ${route.access.join(', ')}.` }),
    security: route.access === 'public' ? [] : [{ token: [] }],
    parameters: [...pathParameters, ...queryParameters, ...headerParameters(route)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: bodySchema(route.body) } } } }),
    responses: Object.fromEntries(
      Object.entries({ ...commonResponses(route), ...route.responses }).map(
        ([status, description]) => [status, { description }],
      ),
    ),
  };
}

function headerParameters(route: Route): object[] {
  if (rememberedBy(route) === null) return [];
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description:
        'The same request with the same key has the first answer again and no effect, for seven days.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    },
  ];
}

function commonResponses(route: Route): Record<number, string> {
  if (route.access === 'public') return {};
  const mismatch =
    rememberedBy(route) === null
      ? {}
      : { 422: 'The Idempotency-Key came with another request before' };
  const forbidden = typeof route.access === 'string' ? {} : { 403: 'The token lacks the scope' };
  return { 401: 'The token is missing or unknown', ...forbidden, ...mismatch };
}

function bodySchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
