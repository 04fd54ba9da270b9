import { listProjectEvents as findProjectEvents } from '../../../db/events/readEvents.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { requireProject } from '../../access/requireProject.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

const scopes = [...issueScopes.read, 'project:read'] as const;

export const listProjectEvents = route({
  name: 'listProjectEvents',
  method: 'GET',
  path: '/api/0/projects/{organization}/{project}/events/',
  summary: 'Events of a project, newest first',
  access: scopes,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of events', 404: 'No such project' },
  handle: async (request, context) => {
    const access = await requireOrganization(request, context, scopes);
    const project = await requireProject(request, context, access);
    return offsetList(request, context, {
      rows: (window) => findProjectEvents(context.pool, project.id, window),
      json: (events) => serialize('eventSummary', events, context),
    });
  },
});
