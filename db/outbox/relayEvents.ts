import { z } from 'zod';
import { exec, many, type Queryable } from '../pool.ts';

const waitingDeliveryRow = z
  .object({
    id: z.string(),
    outbox_id: z.string(),
    workflow_id: z.string(),
    type: z.string(),
    organization_slug: z.string(),
    target: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    eventId: row.outbox_id,
    workflowId: row.workflow_id,
    type: row.type,
    organizationSlug: row.organization_slug,
    target: row.target,
  }));

export type WaitingDelivery = z.output<typeof waitingDeliveryRow>;

export type WaitingEvents = Readonly<{
  eventIds: readonly string[];
  deliveries: readonly WaitingDelivery[];
}>;

const waitingRow = z.object({ event_id: z.string(), delivery: waitingDeliveryRow.nullable() });

/** Events, given as a query for their ids, with those of their deliveries that are not made yet. */
const withDeliveries = (ids: string): string =>
  `with waiting as (${ids})
   select outbox.id as event_id,
          case when delivery.id is not null then json_build_object(
            'id', delivery.id, 'outbox_id', outbox.id, 'workflow_id', delivery.workflow_id, 'type', outbox.type,
            'organization_slug', organization.slug, 'target', coalesce(webhook.url, external_issue.url)) end as delivery
     from waiting
     join outbox on outbox.id = waiting.id
     join organization on organization.id = outbox.organization_id
     left join delivery on delivery.outbox_id = outbox.id and delivery.state = 'pending'
     left join webhook on webhook.id = delivery.webhook_id
     left join external_issue on external_issue.id = delivery.external_issue_id
    order by outbox.date_added, outbox.id`;

/** The oldest events of an organization that nobody has started deliveries for. */
export async function listWaitingEvents(
  db: Queryable,
  organizationId: string,
  limit: number,
): Promise<WaitingEvents> {
  const rows = await many(db, waitingRow, {
    name: 'listWaitingEvents',
    text: withDeliveries(
      `select id from outbox where organization_id = $1 and relayed_at is null order by date_added limit $2`,
    ),
    values: [organizationId, limit],
  });
  return toWaitingEvents(rows);
}

/**
 * Events with a delivery that is overdue: one that nobody has started, or one whose workflow is gone. The second kind
 * gets more time, because a workflow may only be waiting for a worker.
 */
export async function listStuckEvents(
  db: Queryable,
  overdue: Readonly<{ unstartedSeconds: number; startedSeconds: number }>,
  limit: number,
): Promise<WaitingEvents> {
  const rows = await many(db, waitingRow, {
    name: 'listStuckEvents',
    text: withDeliveries(
      `select distinct stuck.id
         from (select outbox.id
                 from delivery
                 join outbox on outbox.id = delivery.outbox_id
                where delivery.state = 'pending' and delivery.next_try < now() - make_interval(secs => $1)
                  and (outbox.relayed_at is null or delivery.next_try < now() - make_interval(secs => $2))
                order by delivery.next_try
                limit $3) as stuck`,
    ),
    values: [overdue.unstartedSeconds, overdue.startedSeconds, limit],
  });
  return toWaitingEvents(rows);
}

function toWaitingEvents(rows: readonly z.output<typeof waitingRow>[]): WaitingEvents {
  return {
    eventIds: [...new Set(rows.map((row) => row.event_id))],
    deliveries: rows.map((row) => row.delivery).filter((delivery) => delivery !== null),
  };
}

/** Remembers that every delivery of these events has its workflow; they are due from now on. */
export async function markRelayed(db: Queryable, eventIds: readonly string[]): Promise<void> {
  await exec(db, {
    name: 'markRelayed',
    text: `with due as (
             update delivery set next_try = now()
              where outbox_id = any($1::uuid[]) and state = 'pending' and next_try < now())
           update outbox set relayed_at = now() where id = any($1::uuid[])`,
    values: [eventIds],
  });
}

/** Forgets the oldest events with their deliveries. */
export function deleteOldEvents(db: Queryable, days: number, limit: number): Promise<number> {
  return exec(db, {
    name: 'deleteOldEvents',
    text: `delete from outbox
            where id in (select id from outbox where date_added < now() - make_interval(days => $1)
                          order by date_added limit $2)`,
    values: [days, limit],
  });
}
