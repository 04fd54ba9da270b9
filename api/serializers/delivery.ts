import type { DeliveryView } from '../../db/outbox/deliveryLog.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { formatOrNull } from './formatOrNull.ts';
import { rowSerializer } from './serializer.ts';

/** What a webhook or a tracker was told, and how it answered. */
export const delivery = rowSerializer((shown: DeliveryView) => ({
  id: shown.id,
  webhook: shown.webhookId,
  externalIssue: shown.externalIssueId,
  event: { id: shown.eventId, type: shown.eventType },
  state: shown.state,
  attempts: shown.attempts,
  lastStatus: shown.lastStatus,
  lastResponse: shown.lastResponse,
  lastError: shown.lastError,
  nextTry: formatOrNull(shown.nextTry),
  workflow: { id: shown.workflowId },
  dateCreated: formatDateTime(shown.dateAdded),
  dateFinished: formatOrNull(shown.dateFinished),
}));
