import { formatDateTime } from '../../domain/dateTime.ts';
import type { DeliveryView } from '../../db/outbox/deliveryLog.ts';
import type { Webhook } from '../../db/outbox/webhooks.ts';

/** @param secret only when it was just made or given: it is shown once. */
export function serializeWebhook(
  webhook: Webhook,
  organization: string,
  secret?: string,
): Record<string, unknown> {
  const { id, url, events, isActive, dateAdded } = webhook;
  const shown = { id, organization, url, events, isActive, dateCreated: formatDateTime(dateAdded) };
  return secret === undefined ? shown : { ...shown, secret };
}

export function serializeDelivery(delivery: DeliveryView): Record<string, unknown> {
  const { dateFinished, nextTry } = delivery;
  return {
    id: delivery.id,
    webhook: delivery.webhookId,
    externalIssue: delivery.externalIssueId,
    event: { id: delivery.eventId, type: delivery.eventType },
    state: delivery.state,
    attempts: delivery.attempts,
    lastStatus: delivery.lastStatus,
    lastResponse: delivery.lastResponse,
    lastError: delivery.lastError,
    nextTry: nextTry === null ? null : formatDateTime(nextTry),
    workflow: { id: delivery.workflowId },
    dateCreated: formatDateTime(delivery.dateAdded),
    dateFinished: dateFinished === null ? null : formatDateTime(dateFinished),
  };
}
