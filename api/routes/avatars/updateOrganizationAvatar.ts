import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { organizationDetails } from '../organizations/organizationDetails.ts';
import { setAvatar } from './setAvatar.ts';

export const updateOrganizationAvatar = route({
  name: 'updateOrganizationAvatar',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/avatar/',
  summary: 'Set the avatar of an organization: its letters, or a picture',
  access: organizationScopes.write,
  body: avatarSchema,
  responses: {
    200: 'The organization',
    400: 'The body is wrong, or no square GIF, JPEG or PNG of 256 to 1024 pixels',
    404: 'No such organization',
    413: 'The picture is larger than 5 MB',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, organizationScopes.write);
    await setAvatar(request, context, { kind: 'organization', id: access.organization.id });
    return ok(await organizationDetails(context, access, false));
  },
});
