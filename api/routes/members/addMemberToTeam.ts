import { addTeamMember } from '../../../db/teams.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { changeMemberTeam, memberTeamScopes } from './memberTeam.ts';

export const addMemberToTeam = route({
  name: 'addMemberToTeam',
  method: 'POST',
  path: '/api/0/organizations/{organization}/members/{member}/teams/{team}/',
  summary: 'Put a member on a team; `me` joins',
  access: memberTeamScopes,
  responses: {
    201: 'The team',
    204: 'They were on it already',
    403: 'Membership is not open',
    404: 'No such member or team',
  },
  handle: async (request, context) => {
    const { team, access, isChanged } = await changeMemberTeam(request, context, {
      event: 'member.join-team',
      apply: async (tx, memberId, teamId) => (await addTeamMember(tx, memberId, [teamId])) > 0,
    });
    if (!isChanged) return noContent();
    return { status: 201, body: await serializeOne('team', team, context, { access }) };
  },
});
