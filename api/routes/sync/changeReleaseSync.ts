import { fieldError } from '../../../domain/errors.ts';
import { reopenFetch } from '../../../db/sync/fetchState.ts';
import { giveUpSync, listSyncs, setSyncBase, type SyncView } from '../../../db/sync/readSync.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { describeSyncs } from './describeSyncs.ts';
import { syncActionSchema } from '../../validation/syncBody.ts';
import { validateBody } from '../../validation/validateBody.ts';

/** What an operator can do about a fetch: retry now, choose the base, or let it be. */
export const changeReleaseSync = route({
  name: 'changeReleaseSync',
  method: 'POST',
  path: '/api/slipway/v1/releases/{organization}/{version}/sync',
  summary: 'Retry the fetch of a repository, set where its range starts, or give it up',
  access: releaseScopes.write,
  body: syncActionSchema,
  responses: { 200: 'The state of each fetch', 400: 'The body is wrong', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.write);
    const { release } = await requireRelease(request, context, access);
    const body = validateBody(syncActionSchema, await request.body());
    const sync = (await listSyncs(context.pool, release.id)).find(
      ({ repositoryName, repositoryId }) =>
        repositoryName === body.repository || repositoryId === body.repository,
    );
    if (sync === undefined) {
      throw fieldError('repository', `This release has no fetch of ${body.repository}.`);
    }
    await change(sync);
    if (body.action !== 'giveUp') {
      await context.fetches.retryNow({
        release: { organizationId: access.organization.id, version: release.version },
        organizationSlug: access.organization.slug,
        releaseId: release.id,
        operationId: sync.operationId,
      });
    }
    const syncs = await listSyncs(context.pool, release.id);
    return ok(await describeSyncs(context, syncs));

    async function change({ releaseId, repositoryId }: SyncView): Promise<void> {
      switch (body.action) {
        case 'retry':
          return reopenFetch(context.pool, releaseId, repositoryId, { isGivenUpKept: false });
        case 'giveUp':
          return giveUpSync(context.pool, releaseId, repositoryId);
        case 'setBase':
          if (body.base === undefined) throw fieldError('base', 'This field is required.');
          return setSyncBase(context.pool, releaseId, repositoryId, body.base);
      }
    }
  },
});
