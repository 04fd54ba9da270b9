import { authorEmail } from '../../../domain/commitList.ts';
import { storePullRequest as store } from '../../../db/pullRequests/storePullRequest.ts';
import { ensureRepositories } from '../../../db/releases/storeCommits.ts';
import { formatDateTime } from '../../../domain/dateTime.ts';
import { requireOrganization } from '../../access/organizationAccess.ts';
import { releaseScopes } from '../../access/releaseScopes.ts';
import { route } from '../../http/route.ts';
import { answerOnce } from '../../mailbox/answerOnce.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { pullRequestSchema } from './pullRequestBody.ts';

export const storePullRequest = route({
  name: 'storePullRequest',
  method: 'POST',
  path: '/api/slipway/v1/pull-requests',
  summary: 'Create or update a pull request, for hosts whose webhooks Slipway does not know',
  access: releaseScopes.write,
  body: pullRequestSchema,
  responses: {
    200: 'The pull request was known',
    201: 'The pull request is new',
    400: 'The body is wrong',
  },
  idempotency: 'operation',
  handle: async (request, context) => {
    const body = validateBody(pullRequestSchema, await request.body());
    const { organization } = await requireOrganization(
      request,
      context,
      releaseScopes.write,
      body.organization,
    );
    const { name, email: givenEmail } = body.author ?? {};
    const email = authorEmail({ author_email: givenEmail, author_name: name });
    const write = { organizationId: organization.id, kind: 'pullRequest.store' };
    return answerOnce(request, context, write, async (tx) => {
      // As in commit lists, an unknown name makes a repository (releases-api 4.4).
      const [repositoryId = ''] = await ensureRepositories(tx, organization.id, [body.repository]);
      const scope = {
        organizationId: organization.id,
        instanceHost: new URL(context.config.publicUrl).host,
      };
      const stored = await store(tx, scope, repositoryId, {
        key: body.key,
        title: body.title ?? null,
        message: body.message ?? null,
        author: email === '' ? null : { email, name: name || null },
        mergeCommitSha: body.mergeCommitSha || null,
        state: body.state ?? null,
      });
      return {
        status: stored.isNew ? 201 : 200,
        body: {
          id: stored.key,
          repository: body.repository,
          title: stored.title,
          message: stored.message,
          mergeCommitSha: stored.mergeCommitSha,
          state: stored.state,
          dateCreated: formatDateTime(stored.dateAdded),
        },
      };
    });
  },
});
