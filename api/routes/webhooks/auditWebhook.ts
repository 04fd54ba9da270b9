import { recordAudit } from '../../../db/auditLog.ts';
import type { Webhook } from '../../../db/outbox/webhooks.ts';
import type { Transaction } from '../../../db/pool.ts';
import { auditActor } from '../../access/auditActor.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';

/** Of the URL only the host is kept, because the rest may hold a secret of the receiver and outlives the webhook here. */
export async function auditWebhook(
  tx: Transaction,
  request: ApiRequest,
  event: 'servicehook.create' | 'servicehook.edit' | 'servicehook.remove',
  webhook: Webhook,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { id, organizationId, url, events, isActive } = webhook;
  await recordAudit(tx, {
    organizationId,
    event,
    actor: auditActor(request),
    targetObject: id,
    data: { id: Number(id), host: new URL(url).host, events, is_active: isActive, ...more },
  });
}
