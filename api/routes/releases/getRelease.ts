import { badRequest } from '../../../domain/errors.ts';
import { listSyncs } from '../../../db/sync/readSync.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireRelease } from '../../access/requireRelease.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import { requestedProjects } from '../../access/resolveProjects.ts';
import { ok } from '../../http/apiResponse.ts';
import { isTruthy } from '../../http/isTruthy.ts';
import { route } from '../../http/route.ts';
import { checkStatsPeriods } from '../../pagination/statsPeriods.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { describeSyncs } from '../sync/describeSyncs.ts';
import { findProjectMeta } from './projectMeta.ts';

export const getRelease = route({
  name: 'getRelease',
  method: 'GET',
  path: '/api/0/organizations/{organization}/releases/{version}/',
  summary: 'A release with its last commit, last deploy, authors and projects',
  access: releaseScopes.read,
  query: {
    project: 'Id or slug of a project: fills currentProjectMeta.',
    environment: 'Narrows newGroups, firstEvent, lastEvent and the neighbours; repeatable.',
    health: '1 adds healthData to each project.',
    adoptionStages: '1 adds adoptionStages.',
    summaryStatsPeriod: 'One of the stats periods.',
    healthStatsPeriod: 'One of the stats periods.',
    status: 'open (default) or archived: which neighbours count.',
    query: 'Part of the version of neighbours.',
    sort: 'Only date.',
  },
  responses: { 200: 'The release', 400: 'A parameter is wrong', 404: 'No such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    checkStatsPeriods(request.query);
    const { release, projects } = await requireRelease(request, context, access);
    const requested = requestedProjects(request.query);
    const asksForProject = requested !== 'all' && requested.length > 0 && !projects.all;
    if (asksForProject && (request.query.get('sort') ?? 'date') !== 'date') {
      throw badRequest('invalid sort');
    }
    const environmentIds = await resolveEnvironments(request, access.organization.id);
    const syncs = await listSyncs(context.pool, release.id);
    const extras = {
      ...(asksForProject
        ? {
            currentProjectMeta: await findProjectMeta(context, access, request, release, [
              ...projects.ids,
            ]),
          }
        : {}),
      hasHealth: isTruthy(request.query.get('health')),
      hasAdoptionStages: isTruthy(request.query.get('adoptionStages')),
      events: { projectIds: asksForProject ? [...projects.ids] : null, environmentIds },
    };
    return ok({
      ...(await serializeOne('release', release, context, extras)),
      slipway: { sync: syncs.length === 0 ? null : await describeSyncs(context, syncs) },
    });
  },
});
