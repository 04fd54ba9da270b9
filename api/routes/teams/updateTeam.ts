import { recordAudit } from '../../../db/auditLog.ts';
import { violatedConstraint } from '../../../db/pgErrors.ts';
import { transaction } from '../../../db/pool.ts';
import { updateTeam as storeTeam } from '../../../db/teams.ts';
import { fieldError, notFound } from '../../../domain/errors.ts';
import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { teamScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { teamSchema } from '../../validation/teamBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { teamDetails } from './getTeam.ts';

export const updateTeam = route({
  name: 'updateTeam',
  method: 'PUT',
  path: '/api/0/teams/{organization}/{team}/',
  summary: 'Change name and slug of a team',
  access: teamScopes.write,
  body: teamSchema,
  responses: {
    200: 'The team',
    400: 'The body is wrong, or the slug is taken',
    404: 'No such team',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, teamScopes.write);
    const team = await requireTeam(request, context, access);
    const body = validateBody(teamSchema, await request.body());
    try {
      const stored = await transaction(context.pool, async (tx) => {
        const after = await storeTeam(tx, team.id, body);
        if (after === null) throw notFound();
        await recordAudit(tx, {
          organizationId: access.organization.id,
          event: 'team.edit',
          actor: auditActor(request),
          targetObject: team.id,
          data: { ...after, id: Number(after.id) },
        });
        return after;
      });
      return ok(await teamDetails(context, access, { ...team, ...stored }));
    } catch (error) {
      if (violatedConstraint(error) !== 'team_organization_id_slug_key') throw error;
      throw fieldError('slug', `The slug "${body.slug ?? ''}" is already in use.`);
    }
  },
});
