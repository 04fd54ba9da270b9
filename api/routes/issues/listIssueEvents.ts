import { listGroupEvents } from '../../../db/events/readEvents.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

const documentation = {
  method: 'GET',
  summary: 'Events of an issue, newest first',
  access: issueScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of events', 404: 'No such issue' },
} as const;

export const listIssueEvents = route({
  ...documentation,
  name: 'listIssueEvents',
  path: '/api/0/organizations/{organization}/issues/{issue}/events/',
  handle: async (request, context) =>
    eventPage(request, context, await requireIssue(request, context, issueScopes.read)),
});

export const listIssueEventsById = route({
  ...documentation,
  name: 'listIssueEventsById',
  path: '/api/0/issues/{issue}/events/',
  handle: async (request, context) =>
    eventPage(request, context, await requireIssueById(request, context, issueScopes.read)),
});

function eventPage(
  request: ApiRequest,
  context: AppContext,
  { group }: IssueAccess,
): Promise<ApiResponse> {
  return offsetList(request, context, {
    rows: (window) => listGroupEvents(context.pool, group.id, window),
    json: (events) => serialize('eventSummary', events, context),
  });
}
