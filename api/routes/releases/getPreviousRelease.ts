import { findPreviousReleaseWithCommits } from '../../../db/releases/readCommits.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';

export const getPreviousRelease = route({
  name: 'getPreviousRelease',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/previous-with-commits/',
  summary: 'The most recent release with commits, where the next commit range starts',
  access: releaseScopes.read,
  responses: { 200: 'A release, or {} when there is none', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const { release } = await requireRelease(request, context, access);
    const previous = await findPreviousReleaseWithCommits(context.pool, release.id);
    // Exactly an empty object: sentry-cli takes anything else for a release (clients 3.5).
    return ok(previous === null ? {} : await serializeOne('release', previous, context));
  },
});
