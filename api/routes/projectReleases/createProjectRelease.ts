import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';
import { projectReleaseCreateSchema } from '../../validation/releaseBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { createCommand, listSteps } from '../releases/releaseCommands.ts';

/** sentry-cli 2 and the bundler plugins on it come here when they know exactly one project (clients 1). */
export const createProjectRelease = route({
  name: 'createProjectRelease',
  method: 'POST',
  path: '/api/0/projects/{organization}/{project}/releases/',
  summary: 'Create a release of one project',
  access: releaseScopes.write,
  body: projectReleaseCreateSchema,
  responses: {
    201: 'The project link is new',
    202: 'Stored; it will be applied (see Location)',
    208: 'The project had the release already',
    400: 'The body is wrong',
    404: 'No such project',
  },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.write, async (request, context, access) => {
    const project = await requireProject(request, context, access);
    const body = validateBody(projectReleaseCreateSchema, await request.body(['commits']));
    const command = await createCommand(request, context, access, body, [project.id], 'project');
    const lists = listSteps({ commits: body.commits }, { canClear: false });
    return {
      kind: 'release.create',
      release: { organizationId: access.organization.id, version: body.version },
      steps: ['createRelease', ...lists.steps],
      body: { createRelease: command, ...lists.body },
      projectId: project.id,
    };
  }),
});
