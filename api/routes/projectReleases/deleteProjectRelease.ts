import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { requireWritableProjectRelease } from '../../access/requireProjectRelease.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';

/** Takes the whole release away, from all of its projects (releases-api 3.7). */
export const deleteProjectRelease = route({
  name: 'deleteProjectRelease',
  method: 'DELETE',
  path: '/api/0/projects/{organization}/{project}/releases/{version}/',
  summary: 'Delete a release from all of its projects',
  access: releaseScopes.delete,
  responses: { 204: 'Deleted', 202: 'Stored; it will be applied', 404: 'No such release' },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.delete, async (request, context, access) => {
    const project = await requireProject(request, context, access);
    const version = await requireWritableProjectRelease(request, context, access, project);
    return {
      kind: 'release.delete',
      release: { organizationId: access.organization.id, version },
      steps: ['deleteRelease'],
      body: {},
    };
  }),
});
