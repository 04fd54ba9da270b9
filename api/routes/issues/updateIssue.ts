import { notFound } from '../../../domain/errors.ts';
import { findGroupById } from '../../../db/groups/readGroups.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import type { AppContext } from '../../context.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';
import { ok, type ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { apiPath } from '../../internal/apiPath.ts';
import { issueBody } from '../../validation/issueBody.ts';
import { describeIssue } from './getIssue.ts';

const responses = {
  200: 'The issue as it is now',
  400: 'A field is wrong; nothing changed',
  404: 'No such issue',
} as const;

export const updateIssue = route({
  name: 'updateIssue',
  method: 'PUT',
  path: '/api/0/organizations/{organization}/issues/{issue}/',
  summary: 'Resolves, reopens, ignores, assigns or reviews an issue',
  access: issueScopes.write,
  body: issueBody,
  responses,
  handle: async (request, context) =>
    change(request, context, await requireIssue(request, context, issueScopes.write)),
});

export const updateIssueById = route({
  name: 'updateIssueById',
  method: 'PUT',
  path: '/api/0/issues/{issue}/',
  summary: 'Resolves, reopens, ignores, assigns or reviews an issue',
  access: issueScopes.write,
  body: issueBody,
  responses,
  handle: async (request, context) =>
    change(request, context, await requireIssueById(request, context, issueScopes.write)),
});

async function change(
  request: ApiRequest,
  context: AppContext,
  { access, group }: IssueAccess,
): Promise<ApiResponse> {
  // What is changed of one issue is what is changed of several: there is one endpoint that knows how.
  await context.internal.put(
    apiPath`/projects/${access.organization.slug}/${group.project.slug}/issues/`,
    { as: request, query: { id: group.id }, data: await request.body() },
  );
  const changed = await findGroupById(context.pool, group.id);
  if (changed === null) throw notFound();
  return ok(await describeIssue(request, context, { access, group: changed }));
}
