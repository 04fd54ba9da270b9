import { z } from 'zod';
import {
  releaseSteps,
  type PendingOperation,
  type ReleaseKey,
  type ReleaseStep,
} from '../domain/operation.ts';
import type { OperationActor, OperationBody, OperationOutcome } from '../domain/releaseCommands.ts';
import { exec, many, maybeOne, one, type Queryable, type Transaction } from './pool.ts';

export type NewOperation = Readonly<{
  id: string;
  release: ReleaseKey;
  kind: string;
  steps: readonly ReleaseStep[];
  size: number;
  body: OperationBody;
  /** SHA-256 of the request as received: same key and same hash is the same operation. */
  bodyHash: Buffer;
  idempotencyKey: string | null;
  actor: OperationActor;
}>;

const outcomeSchema = z.custom<OperationOutcome>().nullable();

const operationRow = z
  .object({
    id: z.string(),
    organization_id: z.string(),
    release_version: z.string(),
    kind: z.string(),
    status: z.enum(['pending', 'done', 'failed']),
    attempts: z.number(),
    last_error: z.string().nullable(),
    outcome: outcomeSchema,
    response: z.unknown(),
    body_hash: z.instanceof(Buffer),
    created_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    release: { organizationId: row.organization_id, version: row.release_version },
    kind: row.kind,
    status: row.status,
    attempts: row.attempts,
    lastError: row.last_error,
    outcome: row.outcome,
    response: row.response,
    bodyHash: row.body_hash,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }));

export type Operation = z.output<typeof operationRow>;

const operationColumns = `id, organization_id, release_version, kind, status, attempts, last_error, outcome,
  response, body_hash, created_at, finished_at`;

/**
 * Stores intents in one statement and answers the ids of those that are new: left out are those whose idempotency key
 * the organization has used before, those that are stored already (by an attempt whose answer was lost), and those of a
 * release whose mailbox is full. The bound is approximate under concurrency, which is fine for back-pressure.
 */
export async function insertOperations(
  db: Queryable,
  operations: readonly NewOperation[],
  pendingMax: number,
): Promise<Set<string>> {
  const rows = await many(db, z.object({ id: z.string() }), {
    name: 'insertOperations',
    text: `insert into operation
             (id, organization_id, release_version, kind, steps, size, body, body_hash, idempotency_key, actor)
           select id, organization_id, release_version, kind, steps, size, body, decode(body_hash, 'hex'),
                  idempotency_key, actor
             from json_to_recordset($1) as given (
                    id uuid, organization_id bigint, release_version text, kind text, steps text[], size integer,
                    body json, body_hash text, idempotency_key text, actor json)
            where (select count(*) from (
                     select from operation
                      where operation.organization_id = given.organization_id
                        and operation.release_version = given.release_version
                        and operation.status = 'pending'
                      limit $2) as bounded) < $2
           on conflict do nothing
           returning id`,
    values: [JSON.stringify(operations.map(toRow)), pendingMax],
  });
  return new Set(rows.map((row) => row.id));
}

function toRow(operation: NewOperation): Record<string, unknown> {
  return {
    id: operation.id,
    organization_id: operation.release.organizationId,
    release_version: operation.release.version,
    kind: operation.kind,
    steps: operation.steps,
    size: operation.size,
    body: operation.body,
    body_hash: operation.bodyHash.toString('hex'),
    idempotency_key: operation.idempotencyKey,
    actor: operation.actor,
  };
}

/**
 * Stores a write that belongs to no release and is applied in this transaction: it never waits in a mailbox.
 * @returns false when the organization has used the key before.
 */
export async function insertAppliedOperation(
  tx: Transaction,
  operation: Readonly<{
    id: string;
    organizationId: string;
    kind: string;
    bodyHash: Buffer;
    idempotencyKey: string;
    actor: OperationActor;
  }>,
): Promise<boolean> {
  const inserted = await exec(tx, {
    name: 'insertAppliedOperation',
    text: `insert into operation (id, organization_id, release_version, kind, steps, body, body_hash, idempotency_key,
                                  actor, status, finished_at)
           values ($1, $2, '', $3, '{}', 'null', $4, $5, $6, 'done', now())
           on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing`,
    values: [
      operation.id,
      operation.organizationId,
      operation.kind,
      operation.bodyHash,
      operation.idempotencyKey,
      JSON.stringify(operation.actor),
    ],
  });
  return inserted === 1;
}

export function findOperationByKey(
  db: Queryable,
  organizationId: string,
  idempotencyKey: string,
): Promise<Operation | null> {
  return maybeOne(db, operationRow, {
    name: 'findOperationByKey',
    text: `select ${operationColumns} from operation where organization_id = $1 and idempotency_key = $2`,
    values: [organizationId, idempotencyKey],
  });
}

export function findOperation(db: Queryable, id: string): Promise<Operation | null> {
  return maybeOne(db, operationRow, {
    name: 'findOperation',
    text: `select ${operationColumns} from operation where id = $1`,
    values: [id],
  });
}

const operationResultRow = z.object({
  id: z.string(),
  status: z.enum(['pending', 'done', 'failed']),
  outcome: outcomeSchema,
});

export type OperationResult = z.output<typeof operationResultRow>;

/** The outcomes of many operations in one statement: callers of one release read together. */
export function listOperationResults(
  db: Queryable,
  ids: readonly string[],
): Promise<OperationResult[]> {
  return many(db, operationResultRow, {
    name: 'listOperationResults',
    text: 'select id, status, outcome from operation where id = any($1::uuid[])',
    values: [ids],
  });
}

/** Keeps the first answer to a keyed request; whoever comes second gets the first one's. */
export async function keepOperationResponse(
  db: Queryable,
  id: string,
  response: unknown,
): Promise<unknown> {
  const row = await one(db, z.object({ response: z.unknown() }), {
    name: 'keepOperationResponse',
    text: 'update operation set response = coalesce(response, $2::json) where id = $1 returning response',
    values: [id, JSON.stringify(response)],
  });
  return row.response;
}

const mailboxPageRow = z.object({
  operations: z.array(
    z.object({ id: z.string(), steps: z.array(z.enum(releaseSteps)), size: z.number() }),
  ),
  projects: z.array(z.string()),
});

/**
 * The next operations of a release in arrival order, each with the steps it still needs, and the slugs of the projects
 * of the release (none before it exists), which its workflow is found by.
 * @param until leaves out what arrived after this sequence number.
 */
export function readMailboxPage(
  db: Queryable,
  release: ReleaseKey,
  limit: number,
  until: string | null = null,
): Promise<{ operations: PendingOperation[]; projects: string[] }> {
  return one(db, mailboxPageRow, {
    name: 'readMailboxPage',
    text: `select (select coalesce(json_agg(next order by seq), '[]')
                     from (select id, steps[next_step + 1:] as steps, size, seq
                             from operation
                            where organization_id = $1 and release_version = $2 and status = 'pending'
                              and ($4::bigint is null or seq <= $4)
                            order by seq
                            limit $3) as next) as operations,
                  array(select project.slug
                          from release
                          join release_project on release_project.release_id = release.id
                          join project on project.id = release_project.project_id
                         where release.organization_id = $1 and release.version = $2
                         order by project.slug
                         limit 100) as projects`,
    values: [release.organizationId, release.version, limit, until],
  });
}

const mailboxExtentRow = z.object({ waiting: z.coerce.number(), until: z.string().nullable() });

/** How many operations of a release wait, and the sequence number of the last one. */
export function readMailboxExtent(
  db: Queryable,
  release: ReleaseKey,
  until: string | null,
): Promise<z.output<typeof mailboxExtentRow>> {
  return one(db, mailboxExtentRow, {
    name: 'readMailboxExtent',
    text: `select count(*) as waiting, max(seq) as until
             from operation
            where organization_id = $1 and release_version = $2 and status = 'pending'
              and ($3::bigint is null or seq <= $3)`,
    values: [release.organizationId, release.version, until],
  });
}

const claimedOperationRow = z.object({
  id: z.string(),
  body: z.custom<OperationBody>(),
  actor: z.custom<OperationActor>(),
  outcome: outcomeSchema,
  attempts: z.number(),
  age_seconds: z.coerce.number(),
  is_last: z.boolean(),
});

export type ClaimedOperation = z.output<typeof claimedOperationRow>;

/**
 * Locks the operations of a run that still wait for exactly this step, in arrival order.
 * What another attempt has applied meanwhile is not in the answer: that is the fence against zombies.
 */
export function claimOperations(
  tx: Transaction,
  ids: readonly string[],
  step: ReleaseStep,
): Promise<ClaimedOperation[]> {
  return many(tx, claimedOperationRow, {
    name: 'claimOperations',
    text: `select id, body, actor, outcome, attempts, extract(epoch from now() - created_at) as age_seconds,
                  next_step + 1 = cardinality(steps) as is_last
             from operation
            where id = any($1::uuid[]) and status = 'pending' and steps[next_step + 1] = $2
            order by seq
              for update`,
    values: [ids, step],
  });
}

const operationBodyRow = z.object({ id: z.string(), body: z.custom<OperationBody>() });

/** Bodies of operations that still wait for this step, read without a lock. */
export function listOperationBodies(
  db: Queryable,
  ids: readonly string[],
  step: ReleaseStep,
): Promise<z.output<typeof operationBodyRow>[]> {
  return many(db, operationBodyRow, {
    name: 'listOperationBodies',
    text: `select id, body from operation
            where id = any($1::uuid[]) and status = 'pending' and steps[next_step + 1] = $2
            order by seq`,
    values: [ids, step],
  });
}

/** Whether the operation still waits for this step; it cannot move on before the transaction ends. */
export async function holdOperation(
  tx: Transaction,
  id: string,
  step: ReleaseStep,
): Promise<boolean> {
  const row = await maybeOne(tx, z.object({ id: z.string() }), {
    name: 'holdOperation',
    text: `select id from operation
            where id = $1 and status = 'pending' and steps[next_step + 1] = $2
              for share`,
    values: [id, step],
  });
  return row !== null;
}

export type StepResult = Readonly<{
  id: string;
  status: 'pending' | 'done' | 'failed';
  outcome: OperationOutcome | null;
}>;

/** Writes the outcome of a step for every operation of its run, in the transaction that applied it. */
export async function finishStep(tx: Transaction, results: readonly StepResult[]): Promise<void> {
  await exec(tx, {
    name: 'finishStep',
    text: `update operation
              set next_step = next_step + 1,
                  attempts = attempts + 1,
                  last_error = case when result.status = 'failed' then last_error end,
                  status = result.status,
                  outcome = result.outcome,
                  finished_at = case when result.status = 'pending' then null else statement_timestamp() end
             from unnest($1::uuid[], $2::text[], $3::json[]) as result (id, status, outcome)
            where operation.id = result.id`,
    values: [
      results.map((result) => result.id),
      results.map((result) => result.status),
      results.map((result) => (result.outcome === null ? null : JSON.stringify(result.outcome))),
    ],
  });
}

/** Counts a failed attempt and keeps its reason where an operator looks for it. */
export async function recordAttemptFailure(
  db: Queryable,
  ids: readonly string[],
  reason: string,
): Promise<void> {
  await exec(db, {
    name: 'recordAttemptFailure',
    text: `update operation set attempts = attempts + 1, last_error = $2
            where id = any($1::uuid[]) and status = 'pending'`,
    values: [ids, reason],
  });
}

const staleReleaseRow = z
  .object({
    organization_id: z.string(),
    organization_slug: z.string(),
    release_version: z.string(),
  })
  .transform((row) => ({
    organizationSlug: row.organization_slug,
    release: { organizationId: row.organization_id, version: row.release_version },
  }));

/** Releases with operations that have waited for longer than they should, the longest waiting first. */
export function listStaleReleases(
  db: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<z.output<typeof staleReleaseRow>[]> {
  return many(db, staleReleaseRow, {
    name: 'listStaleReleases',
    text: `select operation.organization_id, organization.slug as organization_slug, release_version
             from operation
             join organization on organization.id = operation.organization_id
            where operation.status = 'pending' and created_at < now() - make_interval(secs => $1)
            group by operation.organization_id, organization.slug, release_version
            order by min(created_at)
            limit $2`,
    values: [olderThanSeconds, limit],
  });
}

/** How much waits in all mailboxes together, and for how long: counted up to a bound, because metrics are read often. */
export function readMailboxGauges(
  db: Queryable,
): Promise<Readonly<{ pending: number; oldestSeconds: number }>> {
  return one(
    db,
    z
      .object({ pending: z.coerce.number(), oldest_seconds: z.coerce.number() })
      .transform((row) => ({ pending: row.pending, oldestSeconds: row.oldest_seconds })),
    {
      name: 'readMailboxGauges',
      text: `select (select count(*) from (select from operation where status = 'pending' limit 100000) as bounded) as pending,
                    coalesce(extract(epoch from now() - min(created_at)), 0) as oldest_seconds
               from operation where status = 'pending'`,
      values: [],
    },
  );
}
