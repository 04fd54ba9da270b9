import { listGroupHistory } from '../../../db/groups/readActivity.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssueById } from '../../access/requireIssue.ts';
import { route } from '../../http/route.ts';
import { offsetList } from '../../pagination/offsetList.ts';
import { serialize } from '../../serializers/serialize.ts';

export const listIssueHistory = route({
  name: 'listIssueHistory',
  method: 'GET',
  path: '/api/slipway/v1/issues/{issue}/history',
  summary: 'What an issue went through, newest first',
  access: issueScopes.read,
  query: { per_page: '1 to 100.', cursor: 'From the Link header.' },
  responses: { 200: 'A page of history', 404: 'No such issue' },
  handle: async (request, context) => {
    const { group } = await requireIssueById(request, context, issueScopes.read);
    return offsetList(request, context, {
      rows: (window) => listGroupHistory(context.pool, group.id, window),
      json: (entries) => serialize('issueHistory', entries, context),
    });
  },
});
