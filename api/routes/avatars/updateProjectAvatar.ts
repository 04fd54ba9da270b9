import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectScopes } from '../../access/organizationScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { projectDetails } from '../projects/projectDetails.ts';
import { setAvatar } from './setAvatar.ts';

export const updateProjectAvatar = route({
  name: 'updateProjectAvatar',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/avatar/',
  summary: 'Set the avatar of a project: its letters, or a picture',
  access: projectScopes.write,
  body: avatarSchema,
  responses: {
    200: 'The project',
    302: 'The project was renamed',
    400: 'The body is wrong, or no square GIF, JPEG or PNG of 256 to 1024 pixels',
    404: 'No such project',
    413: 'The picture is larger than 5 MB',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, projectScopes.write);
    const { id } = await requireProject(request, context, access);
    await setAvatar(request, context, { kind: 'project', id });
    return ok(await projectDetails(context, access, id, { withOrganization: true }));
  },
});
