import { auditActor } from '../../access/auditActor.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { projectCreationScopes } from '../../access/organizationScopes.ts';
import { requireTeam } from '../../access/requireTeam.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { projectCreateSchema } from '../../validation/projectBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { createProjectOfTeam, requireProjectCreation } from './projectCreation.ts';

const accepted = [...projectCreationScopes.ownTeam, ...projectCreationScopes.anyTeam];

export const createTeamProject = route({
  name: 'createTeamProject',
  method: 'POST',
  path: '/api/0/teams/{organization}/{team}/projects/',
  summary: 'Create a project that belongs to a team',
  access: accepted,
  body: projectCreateSchema,
  responses: {
    201: 'The project',
    400: 'The body is wrong',
    404: 'No such team',
    409: 'The slug is taken',
  },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, accepted);
    const team = await requireTeam(request, context, access);
    await requireProjectCreation(context, access, team.isMember);
    const body = validateBody(projectCreateSchema, await request.body());
    const project = await createProjectOfTeam(context, access, auditActor(request), body, {
      ...team,
      isNew: false,
    });
    return { status: 201, body: await serializeOne('project', project, context) };
  },
});
