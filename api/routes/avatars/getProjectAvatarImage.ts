import { route } from '../../http/route.ts';
import { avatarImage } from './avatarImage.ts';

export const getProjectAvatarImage = route({
  name: 'getProjectAvatarImage',
  method: 'GET',
  path: '/project-avatar/{ident}/',
  summary: 'The picture of a project',
  access: 'public',
  query: { s: 'The side in pixels; the nearest that there is.' },
  responses: {
    200: 'A PNG',
    304: 'The client has it',
    400: 'The size is no number',
    404: 'No such picture',
  },
  handle: (request, context) => avatarImage(request, context, 'project'),
});
