import { recordAudit } from '../../../db/auditLog.ts';
import { transaction } from '../../../db/pool.ts';
import { deleteTeam as removeTeam } from '../../../db/teams.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

export const deleteTeam = route({
  name: 'deleteTeam',
  method: 'DELETE',
  path: '/api/0/teams/{organization}/{team}/',
  summary: 'Delete a team; its projects stay',
  access: teamScopes.delete,
  responses: { 204: 'The team is gone', 404: 'No such team' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.delete);
    const team = await requireTeam(request, context, access);
    await transaction(context.pool, async (tx) => {
      const removed = await removeTeam(tx, team.id);
      if (removed === null) return;
      await recordAudit(tx, {
        organizationId: access.organization.id,
        event: 'team.remove',
        actor: auditActor(request),
        targetObject: removed.id,
        data: { ...removed, id: Number(removed.id) },
      });
    });
    return noContent();
  },
});
