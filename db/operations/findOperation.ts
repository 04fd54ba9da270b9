import { z } from 'zod';
import { maybeOne, type Queryable } from '../pool.ts';
import { outcomeSchema } from './outcomeSchema.ts';

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
