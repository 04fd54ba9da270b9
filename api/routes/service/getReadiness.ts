import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

export const getReadiness = route({
  name: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Postgres, Redis and Temporal answer and a worker polls',
  access: 'public',
  responses: { 200: 'Everything answers', 503: 'Names what does not' },
  handle: async (_request, context) => {
    const missing = await context.health.missing();
    return missing.length === 0
      ? ok({ status: 'ready', missing })
      : { status: 503, body: { status: 'not ready', missing } };
  },
});
