/** What a webhook can subscribe to. */
export const webhookEvents = [
  'release.created',
  'release.finalized',
  'deploy.created',
  'issue.resolved',
  'issue.regressed',
  'project.deleted',
] as const;

export type WebhookEvent = (typeof webhookEvents)[number];

/** The event behind the status sync of linked issues; goes to their trackers and to nobody else. */
export const STATUS_SYNC_EVENT = 'issue.status_sync';

/** Something that happened in an organization, as it is told to others. */
export type OutboxEvent = Readonly<{
  type: WebhookEvent;
  projectIds: readonly string[];
  payload: Readonly<Record<string, unknown>>;
}>;
