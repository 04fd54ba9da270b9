import type { OperationActor } from '../../domain/releaseCommands.ts';
import { exec, type Transaction } from '../pool.ts';

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
