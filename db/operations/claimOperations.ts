import { z } from 'zod';
import type { ReleaseStep } from '../../domain/operation.ts';
import type { OperationActor, OperationBody } from '../../domain/releaseCommands.ts';
import { many, maybeOne, type Queryable, type Transaction } from '../pool.ts';
import { outcomeSchema } from './outcomeSchema.ts';

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
