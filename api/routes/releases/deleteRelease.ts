import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireWritableRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { handleWrite } from '../../mailbox/handleWrite.ts';

export const deleteRelease = route({
  name: 'deleteRelease',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/releases/{version}/',
  summary: 'Delete a release from all of its projects',
  access: releaseScopes.delete,
  responses: { 204: 'Deleted', 202: 'Stored; it will be applied', 404: 'No such release' },
  idempotency: 'operation',
  handle: handleWrite(releaseScopes.delete, async (request, context, access) => {
    const { version } = await requireWritableRelease(request, context, access);
    return {
      kind: 'release.delete',
      release: { organizationId: access.organization.id, version },
      steps: ['deleteRelease'],
      body: {},
    };
  }),
});
