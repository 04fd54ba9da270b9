import { fieldError, notFound } from '../../../domain/errors.ts';
import { unlinkExternalIssue } from '../../../db/outbox/externalIssues.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssueById } from '../../access/requireIssue.ts';
import { noContent } from '../../http/apiResponse.ts';
import { route } from '../../http/route.ts';
import { fieldMessages } from '../../validation/fields.ts';
import { isId } from '../../validation/isId.ts';

export const deleteIssueLink = route({
  name: 'deleteIssueLink',
  method: 'DELETE',
  path: '/api/slipway/v1/issues/{issue}/links',
  summary: 'Take away a link, by its id or by provider and key',
  access: issueScopes.write,
  query: {
    id: 'Id of the link.',
    provider: 'With `key`, instead of the id.',
    key: 'The name of the issue in its tracker.',
  },
  responses: { 204: 'The link is gone', 400: 'No link is named', 404: 'No such issue or link' },
  handle: async (request, context) => {
    const { group } = await requireIssueById(request, context, issueScopes.write);
    const named = namedLink(request.query);
    if (!(await unlinkExternalIssue(context.pool, group.id, named))) throw notFound();
    return noContent();
  },
});

function namedLink(query: URLSearchParams): { id: string } | { provider: string; key: string } {
  const id = query.get('id');
  if (id !== null) {
    if (!isId(id)) throw notFound();
    return { id };
  }
  const [provider, key] = [query.get('provider'), query.get('key')];
  if (provider === null) throw fieldError('id', fieldMessages.required);
  if (key === null) throw fieldError('key', fieldMessages.required);
  return { provider, key };
}
