import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

export const getHealth = route({
  name: 'getHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'The process is alive',
  access: 'public',
  responses: { 200: 'Alive' },
  handle: () => Promise.resolve(ok({ status: 'alive' })),
});
