import { z } from 'zod';
import { formatDateTime } from '../domain/dateTime.ts';
import { many, maybeOne, type Queryable } from './pool.ts';

const operationStatus = z.enum(['pending', 'done', 'failed']);

export type OperationStatus = z.output<typeof operationStatus>;

const operationRow = z
  .object({
    id: z.string(),
    kind: z.string(),
    organization: z.string(),
    release_version: z.string(),
    status: operationStatus,
    attempts: z.number(),
    last_error: z.string().nullable(),
    outcome: z.custom<Readonly<{ error?: unknown }>>().nullable(),
    created_at: z.string(),
    age_seconds: z.number(),
  })
  .transform((row) => ({
    id: row.id,
    kind: row.kind,
    organization: row.organization,
    release: row.release_version,
    status: row.status,
    attempts: row.attempts,
    lastError: row.last_error,
    /** What the caller was told about it, once it has failed. */
    error: row.outcome?.error ?? null,
    createdAt: formatDateTime(row.created_at),
    ageSeconds: row.age_seconds,
  }));

export type ListedOperation = z.output<typeof operationRow>;

/** Operations in these states, the newest first. */
export function listOperations(
  db: Queryable,
  statuses: readonly OperationStatus[],
  limit: number,
): Promise<ListedOperation[]> {
  return many(db, operationRow, {
    name: 'listOperations',
    text: `select operation.id, kind, organization.slug as organization, release_version, operation.status, attempts,
                  last_error, outcome, created_at, extract(epoch from now() - created_at)::float8 as age_seconds
             from operation
             join organization on organization.id = operation.organization_id
            where operation.status = any($1::text[])
            order by seq desc
            limit $2`,
    values: [statuses, limit],
  });
}

const retriedRow = z
  .object({
    release_version: z.string(),
    organization: z.string(),
    status_before: operationStatus,
  })
  .transform((row) => ({
    organization: row.organization,
    release: row.release_version,
    statusBefore: row.status_before,
  }));

/**
 * Gives a failed operation another turn, at the step that failed; in another state it stays as it is.
 * Attempts start anew: the old ones would end it at the first hiccup. Null for an unknown id.
 */
export function retryOperation(
  db: Queryable,
  id: string,
): Promise<z.output<typeof retriedRow> | null> {
  return maybeOne(db, retriedRow, {
    name: 'retryOperation',
    // A step counts as passed when it fails, too; so the one that failed is one back.
    text: `with before as (
             select operation.id, operation.status, release_version, organization.slug as organization
               from operation
               join organization on organization.id = operation.organization_id
              where operation.id = $1
                for update of operation),
           retried as (
             update operation
                set status = 'pending', next_step = greatest(next_step - 1, 0), attempts = 0,
                    outcome = null, response = null, finished_at = null
               from before
              where operation.id = before.id and before.status = 'failed')
           select release_version, organization, status as status_before from before`,
    values: [id],
  });
}
