import { formatDateTime } from '../../domain/dateTime.ts';
import type { IssueLink } from '../../db/outbox/externalIssues.ts';

/** @param secret only when it was just made or given: it is shown once. */
export function serializeIssueLink(link: IssueLink, secret?: string): Record<string, unknown> {
  const { id, provider, key, url, isStatusSynced, dateAdded } = link;
  const dateCreated = formatDateTime(dateAdded);
  const shown = { id, provider, key, url, syncStatus: isStatusSynced, dateCreated };
  return secret === undefined ? shown : { ...shown, secret };
}
