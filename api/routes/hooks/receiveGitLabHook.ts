import { route } from '../../http/route.ts';
import { gitlabHost } from './gitlabHost.ts';
import { receiveHook } from './receiveHook.ts';

export const receiveGitLabHook = route({
  name: 'receiveGitLabHook',
  method: 'POST',
  path: '/api/slipway/v1/hooks/gitlab/{organization}',
  summary: 'Where GitLab tells of pushes and merge requests',
  // The delivery itself proves where it comes from.
  access: 'public',
  responses: {
    200: 'The delivery is stored, now or by an earlier one',
    202: 'The delivery is of no use here; the answer says why',
    400: 'The body is not what GitLab sends',
    401: 'The secret is not that of the organization',
    404: 'No such organization',
    413: 'The body is too large',
  },
  handle: (request, context) => receiveHook(gitlabHost, request, context),
});
