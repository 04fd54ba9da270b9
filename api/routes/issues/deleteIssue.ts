import { removeGroups } from '../../../db/groups/removeGroups.ts';
import { transaction } from '../../../db/pool.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue, requireIssueById, type IssueAccess } from '../../access/requireIssue.ts';
import type { AppContext } from '../../context.ts';
import type { ApiResponse } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';

const responses = {
  202: 'The issue is out of sight; its events are deleted within hours',
  404: 'No such issue',
} as const;

export const deleteIssue = route({
  name: 'deleteIssue',
  method: 'DELETE',
  path: '/api/0/organizations/{organization}/issues/{issue}/',
  summary: 'Deletes an issue with its events',
  access: issueScopes.remove,
  responses,
  handle: async (request, context) =>
    remove(context, await requireIssue(request, context, issueScopes.remove)),
});

export const deleteIssueById = route({
  name: 'deleteIssueById',
  method: 'DELETE',
  path: '/api/0/issues/{issue}/',
  summary: 'Deletes an issue with its events',
  access: issueScopes.remove,
  responses,
  handle: async (request, context) =>
    remove(context, await requireIssueById(request, context, issueScopes.remove)),
});

async function remove(
  { pool }: AppContext,
  { access: { principal }, group }: IssueAccess,
): Promise<ApiResponse> {
  const actorId = principal.kind === 'user' ? principal.userId : null;
  await transaction(pool, (tx) => removeGroups(tx, [group.id], actorId));
  return { status: 202 };
}
