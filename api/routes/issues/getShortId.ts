import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssue } from '../../access/requireIssue.ts';
import { ok } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { issueShortId } from '../../serializers/issue.ts';
import { serializeOne } from '../../serializers/serialize.ts';

/** Older clients have tokens for the organization only. */
const scopes = [...issueScopes.read, 'org:read', 'org:write', 'org:admin'] as const;

export const getShortId = route({
  name: 'getShortId',
  method: 'GET',
  path: '/api/0/organizations/{organization}/shortids/{issue}/',
  summary: 'The issue behind a short id',
  access: scopes,
  responses: { 200: 'The issue with its project', 404: 'No such issue' },
  handle: async (request, context) => {
    const { access, group } = await requireIssue(request, context, scopes);
    const issue = await serializeOne('issue', group, context, { access });
    return ok({
      organizationSlug: access.organization.slug,
      projectSlug: group.project.slug,
      groupId: group.id,
      shortId: issueShortId(group),
      group: issue,
    });
  },
});
