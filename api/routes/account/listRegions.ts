import { notFound } from '../../../domain/errors.ts';
import { route } from '../../http/route.ts';

/** One installation is one region: 404 tells clients to stay with the address they have (clients 3.2). */
export const listRegions = route({
  name: 'listRegions',
  method: 'GET',
  path: '/api/0/users/me/regions/',
  summary: 'Always 404: there are no regions',
  access: 'authenticated',
  responses: { 404: 'There are no regions' },
  handle: () => Promise.reject(notFound()),
});
