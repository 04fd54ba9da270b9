import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { requireProject } from '../../access/requireProject.ts';
import { requireProjectRelease } from '../../access/requireProjectRelease.ts';
import { ok } from '../../http/apiResponse.ts';
import { isTruthy } from '../../http/isTruthy.ts';
import { route } from '../../http/route.ts';
import { checkStatsPeriods } from '../../pagination/statsPeriods.ts';
import { serializeOne } from '../../serializers/serialize.ts';

export const getProjectRelease = route({
  name: 'getProjectRelease',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/releases/{version}/',
  summary: 'A release, seen from one of its projects',
  access: releaseScopes.read,
  query: {
    health: '1 adds healthData to each project.',
    summaryStatsPeriod: 'One of the stats periods.',
    healthStatsPeriod: 'One of the stats periods.',
  },
  responses: { 200: 'The release', 404: 'The project has no such release' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, releaseScopes.read);
    const project = await requireProject(request, context, access);
    checkStatsPeriods(request.query);
    const release = await requireProjectRelease(request, context, access, project);
    const extras = {
      hasHealth: isTruthy(request.query.get('health')),
      events: { projectIds: [project.id], environmentIds: null },
    };
    return ok(await serializeOne('release', release, context, extras));
  },
});
