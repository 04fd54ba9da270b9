import { z } from 'zod';
import type { OffsetWindow } from '../../domain/offsetPage.ts';
import { webhookEvents, type WebhookEvent } from '../../domain/outboxEvents.ts';
import { exec, many, maybeOne, type Queryable } from '../pool.ts';

const webhookRow = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    url: z.string(),
    events: z.array(z.enum(webhookEvents)),
    is_active: z.boolean(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    url: row.url,
    events: row.events,
    isActive: row.is_active,
    dateAdded: row.date_added,
  }));

export type Webhook = z.output<typeof webhookRow>;

const columns = 'id, organization_id, url, events, is_active, date_added';

export type NewWebhook = Readonly<{
  organizationId: string;
  url: string;
  events: readonly WebhookEvent[];
  secretEncrypted: Buffer;
}>;

/** Null when the organization has as many as it may. */
export function createWebhook(
  db: Queryable,
  webhook: NewWebhook,
  webhooksMax: number,
): Promise<Webhook | null> {
  return maybeOne(db, webhookRow, {
    name: 'createWebhook',
    text: `insert into webhook (organization_id, url, events, secret_encrypted)
           select $1::bigint, $2::text, $3::text[], $4::bytea
            where (select count(*) from webhook where organization_id = $1) < $5
           returning ${columns}`,
    values: [
      webhook.organizationId,
      webhook.url,
      webhook.events,
      webhook.secretEncrypted,
      webhooksMax,
    ],
  });
}

/** The webhooks of an organization, the oldest first. */
export function listWebhooks(
  db: Queryable,
  organizationId: string,
  window: OffsetWindow,
): Promise<Webhook[]> {
  return many(db, webhookRow, {
    name: 'listWebhooks',
    text: `select ${columns} from webhook where organization_id = $1 order by id offset $2 limit $3`,
    values: [organizationId, window.offset, window.limit],
  });
}

export function findWebhook(db: Queryable, id: string): Promise<Webhook | null> {
  return maybeOne(db, webhookRow, {
    name: 'findWebhook',
    text: `select ${columns} from webhook where id = $1`,
    values: [id],
  });
}

/** Undefined keeps what is stored. */
export type WebhookPatch = Readonly<{
  url: string | undefined;
  events: readonly WebhookEvent[] | undefined;
  secretEncrypted: Buffer | undefined;
  isActive: boolean | undefined;
}>;

/** Null when it was deleted in the meantime. */
export function updateWebhook(
  db: Queryable,
  id: string,
  patch: WebhookPatch,
): Promise<Webhook | null> {
  return maybeOne(db, webhookRow, {
    name: 'updateWebhook',
    text: `update webhook
              set url = coalesce($2, url),
                  events = coalesce($3, events),
                  secret_encrypted = coalesce($4, secret_encrypted),
                  is_active = coalesce($5, is_active)
            where id = $1
           returning ${columns}`,
    values: [id, patch.url, patch.events, patch.secretEncrypted, patch.isActive],
  });
}

/** Its deliveries go with it; false when it was gone already. */
export async function deleteWebhook(db: Queryable, id: string): Promise<boolean> {
  const deleted = await exec(db, {
    name: 'deleteWebhook',
    text: 'delete from webhook where id = $1',
    values: [id],
  });
  return deleted > 0;
}
