import { removeTeamMember } from '../../../db/teams.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { changeMemberTeam, memberTeamScopes } from './memberTeam.ts';

export const removeMemberFromTeam = route({
  name: 'removeMemberFromTeam',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/members/{member}/teams/{team}/',
  summary: 'Take a member off a team; `me` leaves',
  access: memberTeamScopes,
  responses: { 200: 'The team', 403: 'Not yours to change', 404: 'No such member or team' },
  handle: async (request, context) => {
    const { team, access } = await changeMemberTeam(request, context, {
      event: 'member.leave-team',
      apply: removeTeamMember,
    });
    return ok(await serializeOne('team', team, context, { access }));
  },
});
