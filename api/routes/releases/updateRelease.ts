import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireWritableRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';
import { organizationReleaseUpdateSchema } from '../../validation/releaseBodies.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { listSteps, updateCommand, updateSteps } from './releaseCommands.ts';

export const updateRelease = route({
  name: 'updateRelease',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/releases/{version}/',
  summary: 'Finalize, archive or restore a release; set or clear its commits and refs',
  access: releaseScopes.write,
  body: organizationReleaseUpdateSchema,
  responses: {
    200: 'The release',
    202: 'Stored; it will be applied (see Location)',
    400: 'The body is wrong, or names unknown repositories',
    404: 'No such release',
  },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.write, async (request, context, access) => {
    const { version } = await requireWritableRelease(request, context, access);
    const body = validateBody(
      organizationReleaseUpdateSchema,
      await request.body(['commits', 'refs', 'headCommits']),
    );
    const command = updateCommand(body, null);
    const lists = listSteps(body, { canClear: true });
    return {
      kind: 'release.update',
      release: { organizationId: access.organization.id, version },
      steps: updateSteps(command, lists.steps),
      body: { updateRelease: command, ...lists.body },
    };
  }),
});
