import { z } from 'zod';
import type { AuditEvent } from '../domain/auditEvents.ts';
import type { OffsetWindow } from '../domain/offsetPage.ts';
import { exec, many, type Queryable, type Transaction } from './pool.ts';
import { userById, type UserView } from './releases/releaseView.ts';

export type AuditActor = Readonly<{
  /** Null for callers without a person, whom `label` names. */
  userId: string | null;
  label: string | null;
  ipAddress: string | null;
}>;

export type AuditEntry = Readonly<{
  organizationId: string;
  event: AuditEvent;
  actor: AuditActor;
  targetObject?: string | undefined;
  targetUser?: string | undefined;
  data?: Readonly<Record<string, unknown>>;
}>;

/**
 * Belongs to the transaction of the change: neither is there without the other. The time is that of the entry, not of
 * the transaction, which may have waited for the one before it.
 */
export async function recordAudit(tx: Transaction, entry: AuditEntry): Promise<void> {
  await exec(tx, {
    name: 'recordAudit',
    text: `insert into audit_log
             (organization_id, event, actor_id, actor_label, target_object, target_user, data, ip_address,
              date_added)
           values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
    values: [
      entry.organizationId,
      entry.event,
      entry.actor.userId,
      entry.actor.label,
      entry.targetObject ?? null,
      entry.targetUser ?? null,
      JSON.stringify(entry.data ?? {}),
      entry.actor.ipAddress,
    ],
  });
}

const auditRow = z
  .object({
    id: z.string(),
    event: z.string(),
    actor: z.custom<UserView | null>(),
    actor_label: z.string().nullable(),
    target_object: z.string().nullable(),
    target_user: z.custom<UserView | null>(),
    target_user_id: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    ip_address: z.string().nullable(),
    date_added: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    event: row.event,
    actor: row.actor,
    actorLabel: row.actor_label,
    targetObject: row.target_object,
    targetUser: row.target_user,
    targetUserId: row.target_user_id,
    data: row.data,
    ipAddress: row.ip_address,
    dateAdded: row.date_added,
  }));

export type AuditLogEntry = z.output<typeof auditRow>;

export type AuditFilter = Readonly<{
  organizationId: string;
  event: string | null;
  actorId: string | null;
  from: string | null;
  to: string | null;
}>;

/** Newest first. */
export function listAuditLog(
  db: Queryable,
  filter: AuditFilter,
  window: OffsetWindow,
): Promise<AuditLogEntry[]> {
  return many(db, auditRow, {
    name: 'listAuditLog',
    text: `select id, event, actor_label, target_object, target_user as target_user_id, data, ip_address, date_added,
                  ${userById('audit_log.actor_id')} as actor, ${userById('audit_log.target_user')} as target_user
             from audit_log
            where organization_id = $1
              and ($2::text is null or event = $2)
              and ($3::bigint is null or actor_id = $3)
              and ($4::timestamptz is null or date_added >= $4)
              and ($5::timestamptz is null or date_added <= $5)
            order by date_added desc, id desc
           offset $6 limit $7`,
    values: [
      filter.organizationId,
      filter.event,
      filter.actorId,
      filter.from,
      filter.to,
      window.offset,
      window.limit,
    ],
  });
}
