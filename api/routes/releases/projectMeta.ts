import { findNeighbours } from '../../../db/releases/findNeighbours.ts';
import type { ReleaseView } from '../../../db/releases/releaseView.ts';
import { versionPatterns } from '../../../db/releases/versionPatterns.ts';
import type { OrganizationAccess } from '../../access/organizationAccess.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { AppContext } from '../../context.ts';
import { parseReleaseStatus } from '../../pagination/releaseStatus.ts';

/** `currentProjectMeta` of a release that was asked for with a project (releases-api 3.3). */
export async function findProjectMeta(
  context: AppContext,
  { organization }: OrganizationAccess,
  request: ApiRequest,
  release: ReleaseView,
  projectIds: readonly string[],
): Promise<Record<string, string | null>> {
  const { query } = request;
  const neighbours = await findNeighbours(context.pool, {
    organizationId: organization.id,
    releaseId: release.id,
    projectIds,
    environmentIds: await resolveEnvironments(request, organization.id),
    status: parseReleaseStatus(query),
    versionPatterns: versionPatterns(query.get('query')),
  });
  return {
    sessionsLowerBound: null,
    sessionsUpperBound: null,
    prevReleaseVersion: neighbours.previous,
    nextReleaseVersion: neighbours.next,
    firstReleaseVersion: neighbours.first,
    lastReleaseVersion: neighbours.last,
  };
}
