import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { avatarSchema } from '../../validation/avatarBody.ts';
import { teamDetails } from '../teams/getTeam.ts';
import { setAvatar } from './setAvatar.ts';

export const updateTeamAvatar = route({
  name: 'updateTeamAvatar',
  method: 'PUT',
  path: '/api/0/teams/{organization}/{team}/avatar/',
  summary: 'Set the avatar of a team: its letters, or a picture',
  access: teamScopes.write,
  body: avatarSchema,
  responses: {
    200: 'The team',
    400: 'The body is wrong, or no square GIF, JPEG or PNG of 256 to 1024 pixels',
    404: 'No such team',
    413: 'The picture is larger than 5 MB',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.write);
    const team = await requireTeam(request, context, access);
    await setAvatar(request, context, { kind: 'team', id: team.id });
    return ok(await teamDetails(context, access, team));
  },
});
