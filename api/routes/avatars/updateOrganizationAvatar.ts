import { transaction } from '../../../db/pool.ts';
import { fieldError } from '../../../domain/errors.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { organizationScopes } from '../../access/organizationScopes.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { organizationDetails } from '../organizations/organizationDetails.ts';
import { avatarFields, readAvatarBody } from './readAvatarBody.ts';
import { readUpload, storeUpload } from './storeUpload.ts';

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
    const owner = { kind: 'organization', id: access.organization.id } as const;
    const upload = await readUpload(owner.kind, await readAvatarBody(request), avatarFields);
    if (upload === null) throw fieldError(avatarFields.type, 'This field is required.');
    await transaction(context.pool, (tx) => storeUpload(tx, owner, upload, avatarFields));
    return ok(await organizationDetails(context, access, false));
  },
});
