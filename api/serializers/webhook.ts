import type { Webhook } from '../../db/outbox/webhooks.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { rowSerializer } from './serializer.ts';

type WebhookOptions = Readonly<{
  /** The slug of the organization that the webhooks are of. */
  organization: string;
  /** Only when it was just made or given: it is shown once. */
  secret?: string | undefined;
}>;

export const webhook = rowSerializer(
  (shown: Webhook, { organization, secret }: WebhookOptions) => ({
    id: shown.id,
    organization,
    url: shown.url,
    events: shown.events,
    isActive: shown.isActive,
    dateCreated: formatDateTime(shown.dateAdded),
    ...(secret === undefined ? {} : { secret }),
  }),
);
