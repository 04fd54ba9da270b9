import { z } from 'zod';
import type { OutboxEvent } from '../../domain/outboxEvents.ts';
import { uuidV7 } from '../../infra/uuidV7.ts';
import { one, type Transaction } from '../pool.ts';

/**
 * Stores events for the subscribers that an organization has at this moment, in the transaction of the change that
 * they tell of: both are there or neither. Events that nobody subscribes to leave no row.
 * @returns how many deliveries are to be made; when there are some, the relay should hear of it after the commit.
 */
export async function appendOutbox(
  tx: Transaction,
  organizationId: string,
  events: readonly OutboxEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  const { deliveries } = await one(tx, z.object({ deliveries: z.coerce.number() }), {
    name: 'appendOutbox',
    // Deliveries get random ids: they are named in headers and paths, and event ids give the order.
    text: `with event as (
             select id, type, payload,
                    array(select json_array_elements_text(project_ids)::bigint) as project_ids
               from unnest($2::uuid[], $3::text[], $4::json[], $5::json[]) as given (id, type, payload, project_ids)),
           wanted as (
             select event.id as event_id, webhook.id as webhook_id
               from webhook
               join event on event.type = any(webhook.events)
              where webhook.organization_id = $1 and webhook.is_active),
           stored as (
             insert into outbox (id, organization_id, project_ids, type, payload)
             select id, $1, project_ids, type, payload
               from event
              where id in (select event_id from wanted)),
           told as (
             insert into delivery (id, outbox_id, organization_id, webhook_id, workflow_id)
             select gen_random_uuid(), event_id, $1, webhook_id, 'deliver:' || event_id || ':webhook-' || webhook_id
               from wanted
             returning id)
           select count(*) as deliveries from told`,
    values: [
      organizationId,
      events.map(() => uuidV7()),
      events.map((event) => event.type),
      events.map((event) => JSON.stringify(event.payload)),
      events.map((event) => JSON.stringify(event.projectIds)),
    ],
  });
  return deliveries;
}
