import { route } from '../../http/route.ts';
import { avatarImage } from './avatarImage.ts';

export const getOrganizationAvatarImage = route({
  name: 'getOrganizationAvatarImage',
  method: 'GET',
  path: '/organization-avatar/{ident}/',
  summary: 'The picture of an organization',
  access: 'public',
  query: { s: 'The side in pixels; the nearest that there is.' },
  responses: {
    200: 'A PNG',
    304: 'The client has it',
    400: 'The size is no number',
    404: 'No such picture',
  },
  handle: (request, context) => avatarImage(request, context, 'organization'),
});
