import { route } from '../../http/route.ts';
import { githubHost } from './githubHost.ts';
import { receiveHook } from './receiveHook.ts';

export const receiveGitHubHook = route({
  name: 'receiveGitHubHook',
  method: 'POST',
  path: '/api/slipway/v1/hooks/github/{organization}',
  summary: 'Where GitHub tells of pushes, pull requests and issues',
  // The delivery itself proves where it comes from.
  access: 'public',
  responses: {
    200: 'The delivery is stored, now or by an earlier one',
    202: 'The delivery is of no use here; the answer says why',
    400: 'The body is not what GitHub sends',
    401: 'The secret is not that of the organization',
    404: 'No such organization',
    413: 'The body is too large',
  },
  handle: (request, context) => receiveHook(githubHost, request, context),
});
