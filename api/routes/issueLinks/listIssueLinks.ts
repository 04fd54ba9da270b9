import { listIssueLinks as findIssueLinks } from '../../../db/outbox/externalIssues.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssueById } from '../../access/requireIssue.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listIssueLinks = route({
  name: 'listIssueLinks',
  method: 'GET',
  path: '/api/slipway/v1/issues/{issue}/links',
  summary: 'Issues of other trackers that an issue is linked to, the oldest link first',
  access: issueScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of links', 404: 'No such issue' },
  handle: async (request, context) => {
    const { group } = await requireIssueById(request, context, issueScopes.read);
    return offsetList(request, context, {
      rows: (window) => findIssueLinks(context.pool, group.id, window),
      json: (links) => serialize('issueLink', links, context),
    });
  },
});
