import type { OperationOutcome } from '../../domain/releaseCommands.ts';
import { exec, type Queryable, type Transaction } from '../pool.ts';

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
