import { z } from 'zod';
import type { WebhookEvent } from '../../domain/outboxEvents.ts';
import { formatShortId } from '../../domain/shortId.ts';
import { many, type Transaction } from '../pool.ts';
import { appendOutbox } from './appendOutbox.ts';

const issueRow = z.object({
  id: z.string(),
  project_id: z.string(),
  slug: z.string(),
  short_id: z.string(),
  title: z.string(),
  status: z.string(),
});

/**
 * Tells subscribers that issues were resolved or came back, in the transaction that did it; call it after the change.
 * Organizations without a subscriber pay one statement that finds nothing.
 * @param data what else there is to say, for example the release.
 * @returns how many deliveries are to be made.
 */
export async function appendIssueEvents(
  tx: Transaction,
  organizationId: string,
  type: Extract<WebhookEvent, `issue.${string}`>,
  groupIds: readonly string[],
  data: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  if (groupIds.length === 0) return 0;
  const issues = await many(tx, issueRow, {
    name: 'readAnnouncedIssues',
    text: `select group_.id, group_.project_id, project.slug, group_.short_id, group_.title, group_.status
             from group_
             join project on project.id = group_.project_id
            where group_.id = any($2::bigint[]) and project.organization_id = $1
              and exists (select from webhook where organization_id = $1 and is_active and $3 = any(events))
            order by group_.id`,
    values: [organizationId, groupIds, type],
  });
  return appendOutbox(
    tx,
    organizationId,
    issues.map((issue) => ({
      type,
      projectIds: [issue.project_id],
      payload: {
        issue: {
          id: issue.id,
          shortId: formatShortId({ slug: issue.slug, number: issue.short_id }),
          title: issue.title,
          status: issue.status,
        },
        ...data,
      },
    })),
  );
}
