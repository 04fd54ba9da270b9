import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { many, maybeOne, type Queryable } from '../pool.ts';
import { deliveryStates } from './deliveryState.ts';

const deliveryRow = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    webhook_id: z.string().nullable(),
    external_issue_id: z.string().nullable(),
    target: z.string(),
    event_id: z.string(),
    event_type: z.string(),
    state: z.enum(deliveryStates),
    attempts: z.number(),
    last_status: z.number().nullable(),
    last_response: z.string().nullable(),
    last_error: z.string().nullable(),
    next_try: z.string().nullable(),
    workflow_id: z.string(),
    date_added: z.string(),
    date_finished: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    webhookId: row.webhook_id,
    externalIssueId: row.external_issue_id,
    target: row.target,
    eventId: row.event_id,
    eventType: row.event_type,
    state: row.state,
    attempts: row.attempts,
    lastStatus: row.last_status,
    lastResponse: row.last_response,
    lastError: row.last_error,
    nextTry: row.next_try,
    workflowId: row.workflow_id,
    dateAdded: row.date_added,
    dateFinished: row.date_finished,
  }));

export type DeliveryView = z.output<typeof deliveryRow>;

const columns = `delivery.id, delivery.organization_id, delivery.webhook_id, delivery.external_issue_id,
                  coalesce(webhook.url, external_issue.url) as target, outbox.id as event_id,
                  outbox.type as event_type, delivery.state, delivery.attempts, delivery.last_status,
                  delivery.last_response, delivery.last_error, delivery.next_try, delivery.workflow_id,
                  delivery.date_added, delivery.date_finished`;

const joins = `join outbox on outbox.id = delivery.outbox_id
             left join webhook on webhook.id = delivery.webhook_id
             left join external_issue on external_issue.id = delivery.external_issue_id`;

/**
 * The newest first: what a webhook was told, or everybody outside of an organization, trackers of linked issues too.
 * Statements of their own, because each has an index that serves its order.
 */
export function listDeliveries(
  db: Queryable,
  told: Readonly<{ webhookId: string } | { organizationId: string }>,
  window: OffsetWindow,
): Promise<DeliveryView[]> {
  const [name, column, id] =
    'webhookId' in told
      ? (['listWebhookDeliveries', 'webhook_id', told.webhookId] as const)
      : (['listDeliveries', 'organization_id', told.organizationId] as const);
  return many(db, deliveryRow, {
    name,
    text: `select ${columns}
             from delivery
             ${joins}
            where delivery.${column} = $1
            order by delivery.date_added desc, delivery.id desc
           offset $2 limit $3`,
    values: [id, window.offset, window.limit],
  });
}

export function findDelivery(db: Queryable, id: string): Promise<DeliveryView | null> {
  return maybeOne(db, deliveryRow, {
    name: 'findDelivery',
    text: `select ${columns}
             from delivery
             ${joins}
            where delivery.id = $1`,
    values: [id],
  });
}

/** Makes a delivery pending again; its event waits for the relay until somebody has started it. */
export function reviveDelivery(db: Queryable, id: string): Promise<DeliveryView | null> {
  return maybeOne(db, deliveryRow, {
    name: 'reviveDelivery',
    text: `with revived as (
             update delivery set state = 'pending', next_try = now(), date_finished = null
              where id = $1
             returning *),
           waiting as (
             update outbox set relayed_at = null
               from revived
              where outbox.id = revived.outbox_id)
           select ${columns}
             from revived as delivery
             ${joins}`,
    values: [id],
  });
}
