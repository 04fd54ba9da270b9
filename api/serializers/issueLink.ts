import type { IssueLink } from '../../db/outbox/externalIssues.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { rowSerializer } from './serializer.ts';

type IssueLinkOptions = Readonly<{
  /** Only when it was just made or given: it is shown once. */
  secret?: string | undefined;
}>;

/** The link of an issue to one of another tracker. */
export const issueLink = rowSerializer((link: IssueLink, { secret }: IssueLinkOptions) => ({
  id: link.id,
  provider: link.provider,
  key: link.key,
  url: link.url,
  syncStatus: link.isStatusSynced,
  dateCreated: formatDateTime(link.dateAdded),
  ...(secret === undefined ? {} : { secret }),
}));
