import { z } from 'zod';
import { exec, maybeOne, type Queryable } from '../pool.ts';

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;

export type DeliveryState = (typeof deliveryStates)[number];

const deliveryJobRow = z.object({
  id: z.string(),
  state: z.enum(deliveryStates),
  event: z.object({
    id: z.string(),
    type: z.string(),
    payload: z.record(z.string(), z.unknown()),
    dateCreated: z.string(),
    organization: z.object({ id: z.string(), slug: z.string() }),
    projects: z.array(z.object({ id: z.string(), slug: z.string() })),
  }),
  webhook: z
    .object({ id: z.string(), url: z.string(), isActive: z.boolean(), secret: z.string() })
    .nullable(),
  issue: z
    .object({
      provider: z.enum(['github', 'webhook']),
      key: z.string(),
      url: z.string(),
      secret: z.string().nullable(),
    })
    .nullable(),
});

/** A delivery with everything that an attempt needs; secrets are still encrypted, in hex. */
export type DeliveryJob = z.output<typeof deliveryJobRow>;

export function findDeliveryJob(db: Queryable, id: string): Promise<DeliveryJob | null> {
  return maybeOne(db, deliveryJobRow, {
    name: 'findDeliveryJob',
    text: `select delivery.id, delivery.state,
                  json_build_object(
                    'id', outbox.id, 'type', outbox.type, 'payload', outbox.payload,
                    'dateCreated', to_char(outbox.date_added, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    'organization', json_build_object('id', organization.id::text, 'slug', organization.slug),
                    'projects', coalesce(
                      (select json_agg(json_build_object('id', project.id::text, 'slug', project.slug) order by project.id)
                         from project
                        where project.id = any(outbox.project_ids)), '[]')) as event,
                  case when webhook.id is not null then json_build_object(
                    'id', webhook.id::text, 'url', webhook.url, 'isActive', webhook.is_active,
                    'secret', encode(webhook.secret_encrypted, 'hex')) end as webhook,
                  case when external_issue.id is not null then json_build_object(
                    'provider', external_issue.provider, 'key', external_issue.key, 'url', external_issue.url,
                    'secret', encode(external_issue.secret_encrypted, 'hex')) end as issue
             from delivery
             join outbox on outbox.id = delivery.outbox_id
             join organization on organization.id = outbox.organization_id
             left join webhook on webhook.id = delivery.webhook_id
             left join external_issue on external_issue.id = delivery.external_issue_id
            where delivery.id = $1`,
    values: [id],
  });
}

/** What an attempt came to. */
export type Attempt = Readonly<{
  state: DeliveryState;
  status: number | null;
  response: string | null;
  error: string | null;
  /** Until the next attempt, when there is one. */
  afterMs: number | null;
}>;

/** Notes an attempt; a delivery that another attempt has finished in the meantime stays as it is. */
export async function recordAttempt(db: Queryable, id: string, attempt: Attempt): Promise<void> {
  await exec(db, {
    name: 'recordAttempt',
    text: `update delivery
              set state = $2, attempts = attempts + 1, last_status = $3, last_response = $4, last_error = $5,
                  next_try = now() + make_interval(secs => $6 / 1000.0),
                  date_finished = case when $2 <> 'pending' then now() end
            where id = $1 and state = 'pending'`,
    values: [id, attempt.state, attempt.status, attempt.response, attempt.error, attempt.afterMs],
  });
}

/** A subscriber has said that it is gone. */
export async function disableWebhook(db: Queryable, id: string): Promise<void> {
  await exec(db, {
    name: 'disableWebhook',
    text: 'update webhook set is_active = false where id = $1',
    values: [id],
  });
}

const repositoryAccessRow = z
  .object({ api_url: z.string().nullable(), token_encrypted: z.instanceof(Buffer) })
  .transform((row) => ({ apiUrl: row.api_url, tokenEncrypted: row.token_encrypted }));

/** How the organization reaches a GitHub repository; null when it holds no token for it. */
export function findGitHubAccess(
  db: Queryable,
  organizationId: string,
  name: string,
): Promise<z.output<typeof repositoryAccessRow> | null> {
  return maybeOne(db, repositoryAccessRow, {
    name: 'findGitHubAccess',
    text: `select api_url, token_encrypted
             from repository
            where organization_id = $1 and lower(name) = lower($2) and status = 'active'
              and provider in ('github', 'github_enterprise', 'integrations:github', 'integrations:github_enterprise')
              and token_encrypted is not null
            order by id desc
            limit 1`,
    values: [organizationId, name],
  });
}

/** The status that a group has now; null when it is gone. */
export async function findGroupStatus(db: Queryable, groupId: string): Promise<string | null> {
  const row = await maybeOne(db, z.object({ status: z.string() }), {
    name: 'findGroupStatus',
    text: 'select status from group_ where id = $1',
    values: [groupId],
  });
  return row?.status ?? null;
}
