import { listSyncs } from '../../../db/sync/readSync.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { describeSyncs } from './describeSyncs.ts';

export const getReleaseSync = route({
  name: 'getReleaseSync',
  method: 'GET',
  path: '/api/slipway/v1/releases/{organization}/{version}/sync',
  summary: 'What became of the fetch of the commits of a release, for each repository',
  access: releaseScopes.read,
  responses: { 200: 'The state of each fetch', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release } = await requireRelease(request, context, access);
    const syncs = await listSyncs(context.pool, release.id);
    return ok(await describeSyncs(context, syncs));
  },
});
