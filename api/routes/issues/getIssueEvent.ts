import { notFound } from '../../../domain/errors.ts';
import { parseUuid } from '../../../domain/ingest/uuid.ts';
import { findEdgeEvent, findEvent } from '../../../db/events/readEvents.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import { resolveEnvironments } from '../../access/resolveEnvironments.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';

const responses = { 200: 'The event', 404: 'No such issue or event' } as const;

export const getIssueEvent = route({
  name: 'getIssueEvent',
  method: 'GET',
  path: '/api/0/organizations/{organization}/issues/{issue}/events/{event}/',
  summary: 'An event of an issue: latest, oldest, recommended (the latest), or by id',
  access: issueScopes.read,
  query: { environment: 'Name; repeatable: latest and oldest of these.' },
  responses,
  handle: async (request, context) =>
    issueEvent(request, context, await requireIssue(request, context, issueScopes.read)),
});

export const getIssueEventById = route({
  name: 'getIssueEventById',
  method: 'GET',
  path: '/api/0/issues/{issue}/events/{event}/',
  summary: 'An event of an issue: latest, oldest, recommended (the latest), or by id',
  access: issueScopes.read,
  responses,
  handle: async (request, context) =>
    issueEvent(request, context, await requireIssueById(request, context, issueScopes.read)),
});

async function issueEvent(
  request: ApiRequest,
  context: AppContext,
  { access, group }: IssueAccess,
): Promise<ApiResponse> {
  const name = request.param('event');
  const environments = await resolveEnvironments(request, access.organization.id);
  const eventId = parseUuid(name);
  const edge = name === 'recommended' ? 'latest' : name;
  const event =
    edge === 'latest' || edge === 'oldest'
      ? await findEdgeEvent(context.pool, group.id, edge, environments)
      : eventId === null
        ? null
        : await findEvent(context.pool, [group.project.id], eventId);
  if (event?.groupId !== group.id) throw notFound();
  return ok(await serializeOne('event', event, context));
}
