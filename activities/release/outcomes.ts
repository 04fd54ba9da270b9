import type { ClaimedOperation } from '../../db/operations/claimOperations.ts';
import type { OperationOutcome } from '../../domain/releaseCommands.ts';
import type { StepOutcome } from './applyRun.ts';

/** The release was deleted between the request and its turn. */
export function releaseGone(operation: ClaimedOperation): StepOutcome {
  return {
    id: operation.id,
    outcome: { status: 404, error: { detail: 'The requested resource does not exist' } },
  };
}

/** Keeps what an earlier step of the same operation has answered (201 of a creation), else 200. */
export function succeeded(operation: ClaimedOperation, releaseId: string): StepOutcome {
  const earlier: OperationOutcome | null = operation.outcome;
  return { id: operation.id, outcome: earlier ?? { status: 200, releaseId } };
}

export function refused(
  operation: ClaimedOperation,
  error: Readonly<Record<string, unknown>>,
): StepOutcome {
  return { id: operation.id, outcome: { status: 400, error } };
}

/** A step finds its command in the body, or the API stored an operation that it should not have. */
export function commandOf<T>(operation: ClaimedOperation, command: T | undefined): T {
  if (command === undefined)
    throw new TypeError(`Operation ${operation.id} has no command for its step`);
  return command;
}
