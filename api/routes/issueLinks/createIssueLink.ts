import { fieldError } from '../../../domain/errors.ts';
import { insertGroupActivity } from '../../../db/groups/insertGroupActivity.ts';
import {
  externalProviderNames,
  linkExternalIssue,
  storeExternalIssue,
  type IssueLink,
} from '../../../db/outbox/externalIssues.ts';
import { transaction } from '../../../db/pool.ts';
import { randomHex } from '../../../infra/randomText.ts';
import { SecretBox } from '../../../infra/secretBox.ts';
import { issueScopes } from '../../access/issueScopes.ts';
import { requireIssueById } from '../../access/requireIssue.ts';
import { route } from '../../http/route.ts';
import { serializeOne } from '../../serializers/serialize.ts';
import { NON_FIELD_ERRORS } from '../../validation/collections.ts';
import { issueLinkSchema } from '../../validation/issueLinkBody.ts';
import { validateBody } from '../../validation/validateBody.ts';
import { SECRET_HEX_DIGITS } from '../webhooks/createWebhook.ts';
import { checkTargetUrl } from '../webhooks/targetUrl.ts';

export const createIssueLink = route({
  name: 'createIssueLink',
  method: 'POST',
  path: '/api/slipway/v1/issues/{issue}/links',
  summary: 'Link an issue to one of another tracker, which then follows its status',
  access: issueScopes.write,
  body: issueLinkSchema,
  responses: {
    201: 'The link; for generic trackers with the secret of their signatures, once',
    400: 'The body is wrong, or the two are linked already',
    404: 'No such issue',
  },
  handle: async (request, context) => {
    const { access, group } = await requireIssueById(request, context, issueScopes.write);
    const body = validateBody(issueLinkSchema, await request.body());
    const { provider, key, url } = body;
    // GitHub is told through its API, and its URL is only shown.
    const secret =
      provider === 'webhook' ? (body.secret ?? randomHex(SECRET_HEX_DIGITS)) : undefined;
    if (secret !== undefined) await checkTargetUrl(context, url);
    return transaction(context.pool, async (tx) => {
      const issue = await storeExternalIssue(tx, {
        organizationId: access.organization.id,
        groupId: group.id,
        provider,
        key,
        url,
        isStatusSynced: body.syncStatus ?? true,
        secretEncrypted:
          secret === undefined ? null : new SecretBox(context.config.secret).seal(secret),
      });
      const link = issue === null ? null : await linkExternalIssue(tx, group.id, issue.id);
      if (link === null) throw fieldError(NON_FIELD_ERRORS, 'That issue is already linked');
      const { principal } = access;
      await insertGroupActivity(tx, [
        {
          groupId: group.id,
          type: 'create_issue',
          userId: principal.kind === 'user' ? principal.userId : null,
          data: linkData(link),
        },
      ]);
      return {
        status: 201,
        body: await serializeOne('issueLink', link, context, {
          secret: issue?.isNew === true ? secret : undefined,
        }),
      };
    });
  },
});

/** The tracker is not asked for the title, and the issue was there before (groups-projects-orgs 1.2). */
function linkData({ provider, key, url }: IssueLink): Record<string, unknown> {
  const name = externalProviderNames[provider];
  return { title: key, provider: name, location: url, label: key, new: false };
}
