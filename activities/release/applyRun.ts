import { ApplicationFailure } from '@temporalio/common';
import type { ReleaseKey, ReleaseStep } from '../../domain/operation.ts';
import type { OperationOutcome } from '../../domain/releaseCommands.ts';
import { claimOperations, type ClaimedOperation } from '../../db/operations/claimOperations.ts';
import {
  finishStep,
  recordAttemptFailure,
  type StepResult,
} from '../../db/operations/finishStep.ts';
import { classifyDatabaseError } from '../../db/pgErrors.ts';
import { transaction, type Pool, type Transaction } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import type { RunInput, RunResult } from './releaseActivities.ts';

/** Applies one step of several operations of one release, in order; answers an outcome for each. */
export type StepApplier = (
  tx: Transaction,
  release: ReleaseKey,
  operations: readonly ClaimedOperation[],
) => Promise<readonly StepOutcome[]>;

export type StepOutcome = Readonly<{ id: string; outcome: OperationOutcome }>;

export type Step = Readonly<{
  name: ReleaseStep;
  apply: StepApplier;
  /** Work that needs no fence and is too long for the transaction; what it throws counts as a failure of the step. */
  prepare?: (input: RunInput) => Promise<void>;
}>;

/**
 * An operation that keeps failing while the database is up gets its error as outcome after an hour: less would give up
 * what was accepted because of a deployment or a full disk, more would hold up the release behind it for longer.
 */
const GIVE_UP_AFTER_SECONDS = 3_600;

/** One that has only waited (for a worker, through an outage) is not given up because of its age. */
const ATTEMPTS_MIN = 20;

/**
 * One run of equal steps in one transaction: claim what is not applied yet, apply, write outcomes.
 * When it fails for another reason than a lost connection, its operations are tried one by one, so that a poisonous
 * one fails alone with a recorded error and never blocks the ones behind it.
 * @throws ApplicationFailure retryable, when the database cannot be used for now.
 */
export async function applyRun(
  deps: Readonly<{ pool: Pool; logger: Logger }>,
  step: Step,
  input: RunInput,
): Promise<RunResult> {
  try {
    await step.prepare?.(input);
    return await applyInTransaction(deps.pool, step, input);
  } catch (error) {
    const failure = classifyDatabaseError(error);
    if (failure === 'connection') throw retryable(error);
    if (input.operationIds.length > 1) {
      let applied = 0;
      for (const id of input.operationIds) {
        applied += (await applyRun(deps, step, { ...input, operationIds: [id] })).applied;
      }
      return { applied };
    }
    const reason = error instanceof Error ? error.message : String(error);
    await recordAttemptFailure(deps.pool, input.operationIds, reason);
    const isHopeless = failure === 'transient' ? hasTriedForLong : (): boolean => true;
    const gaveUp = await giveUp(deps.pool, step.name, input, isHopeless);
    if (failure === 'transient' && gaveUp === 0) throw retryable(error);
    deps.logger.error({ err: error, step: step.name, ...input }, 'An operation failed for good');
    return { applied: 0 };
  }
}

function applyInTransaction(
  pool: Pool,
  step: Step,
  { release, operationIds }: RunInput,
): Promise<RunResult> {
  return transaction(pool, async (tx) => {
    const claimed = await claimOperations(tx, operationIds, step.name);
    if (claimed.length === 0) return { applied: 0 };
    const outcomes = await step.apply(tx, release, claimed);
    // An operation without an outcome would stay in the mailbox, and every pass would find it there again.
    if (outcomes.length !== claimed.length) {
      throw new TypeError(
        `${step.name} answered ${outcomes.length} of ${claimed.length} operations`,
      );
    }
    const isLast = new Map(claimed.map((operation) => [operation.id, operation.is_last]));
    await finishStep(
      tx,
      outcomes.map(({ id, outcome }) => ({
        id,
        outcome,
        status: statusAfter(outcome, isLast.get(id) === true),
      })),
    );
    return { applied: outcomes.length };
  });
}

function statusAfter(outcome: OperationOutcome, isLastStep: boolean): StepResult['status'] {
  if ('error' in outcome) return 'failed';
  return isLastStep ? 'done' : 'pending';
}

function hasTriedForLong({ attempts, age_seconds: ageSeconds }: ClaimedOperation): boolean {
  return attempts >= ATTEMPTS_MIN && ageSeconds >= GIVE_UP_AFTER_SECONDS;
}

/** Ends hopeless operations with an error of ours; answers how many. */
async function giveUp(
  pool: Pool,
  step: ReleaseStep,
  { operationIds }: RunInput,
  isHopeless: (operation: ClaimedOperation) => boolean,
): Promise<number> {
  return transaction(pool, async (tx) => {
    const claimed = await claimOperations(tx, operationIds, step);
    const hopeless = claimed.filter(isHopeless);
    await finishStep(
      tx,
      hopeless.map((operation) => ({
        id: operation.id,
        status: 'failed',
        outcome: { status: 500, error: { detail: 'Internal Error', errorId: operation.id } },
      })),
    );
    return hopeless.length;
  });
}

function retryable(error: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    message: error instanceof Error ? error.message : String(error),
    type: 'TransientError',
    ...(error instanceof Error ? { cause: error } : {}),
  });
}
