import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { requireWritableProjectRelease } from '../../access/requireProjectRelease.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';
import { projectReleaseUpdateSchema } from '../../validation/releaseBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { listSteps, updateCommand, updateSteps } from '../releases/releaseCommands.ts';

export const updateProjectRelease = route({
  name: 'updateProjectRelease',
  method: 'PUT',
  path: '/api/0/projects/{organization}/{project}/releases/{version}/',
  summary: 'Finalize, archive or restore a release, or set its commits',
  access: releaseScopes.write,
  body: projectReleaseUpdateSchema,
  responses: {
    200: 'The release',
    202: 'Stored; it will be applied (see Location)',
    400: 'The body is wrong',
    404: 'The project has no such release',
  },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.write, async (request, context, access) => {
    const project = await requireProject(request, context, access);
    const version = await requireWritableProjectRelease(request, context, access, project);
    const body = validateBody(projectReleaseUpdateSchema, await request.body(['commits']));
    const command = updateCommand(body, project.id);
    const lists = listSteps({ commits: body.commits }, { canClear: false });
    return {
      kind: 'release.update',
      release: { organizationId: access.organization.id, version },
      steps: updateSteps(command, lists.steps),
      body: { updateRelease: command, ...lists.body },
    };
  }),
});
