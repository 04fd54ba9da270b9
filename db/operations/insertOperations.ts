import { z } from 'zod';
import type { ReleaseKey, ReleaseStep } from '../../domain/operation.ts';
import type { OperationActor, OperationBody } from '../../domain/releaseCommands.ts';
import { many, type Queryable } from '../pool.ts';

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
