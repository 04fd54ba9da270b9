import { listGroupEvents } from '../../../db/events/readEvents.ts';
import { requireIssue } from '../../access/requireIssue.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listIssueEvents = route({
  name: 'listIssueEvents',
  method: 'GET',
  path: '/api/0/organizations/{organization}/issues/{issue}/events/',
  summary: 'Events of an issue, newest first',
  access: issueScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of events', 404: 'No such issue' },
  handle: async (request, context) => {
    const { group } = await requireIssue(request, context, issueScopes.read);
    return offsetList(request, context, {
      rows: (window) => listGroupEvents(context.pool, group.id, window),
      json: (events) => serialize('eventSummary', events, context),
    });
  },
});
