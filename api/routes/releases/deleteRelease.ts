import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireWritableRelease } from '../../access/requireRelease.ts';
import { route } from '../../http/route.ts';
import { submitOperation } from '../../mailbox/submitOperation.ts';

export const deleteRelease = route({
  name: 'deleteRelease',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/releases/{version}/',
  summary: 'Delete a release from all of its projects',
  access: releaseScopes.delete,
  responses: { 204: 'Deleted', 202: 'Stored; it will be applied', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.delete);
    const { version } = await requireWritableRelease(request, context, access);
    return submitOperation(request, context, access, {
      kind: 'release.delete',
      release: { organizationId: access.organization.id, version },
      steps: ['deleteRelease'],
      body: {},
    });
  },
});
