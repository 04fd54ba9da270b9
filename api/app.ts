import type { Hono } from 'hono';
import type { AppContext } from './context.ts';
import { docsPage } from './docsPage.ts';
import { ok } from './http/apiResponse.ts';
import { createRouter } from './http/router.ts';
import { route, type Route } from './http/route.ts';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes/index.ts';

/** The HTTP surface; does nothing until it is asked. */
export function createApp(context: AppContext): Hono {
  return createRouter([...routes, ...documentationRoutes(context)], context);
}

function documentationRoutes({ config }: AppContext): Route[] {
  const document = openApiDocument(routes, config.publicUrl);
  const page = docsPage(document);
  return [
    route({
      name: 'getHome',
      method: 'GET',
      path: '/',
      summary: 'Where to look: leads to /docs',
      access: 'public',
      responses: { 302: 'To /docs' },
      handle: () => Promise.resolve({ status: 302, headers: { Location: '/docs' } }),
    }),
    route({
      name: 'getOpenApi',
      method: 'GET',
      path: '/openapi.json',
      summary: 'This API as an OpenAPI document',
      access: 'public',
      responses: { 200: 'The document' },
      handle: () => Promise.resolve(ok(document)),
    }),
    route({
      name: 'getDocs',
      method: 'GET',
      path: '/docs',
      summary: 'This API as a page',
      access: 'public',
      responses: { 200: 'The page' },
      handle: () =>
        Promise.resolve({
          status: 200,
          body: page,
          headers: { 'Content-Type': 'text/html; charset=utf-8' },
        }),
    }),
  ];
}
