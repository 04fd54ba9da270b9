import { findOperationByKey } from '../../db/operations/findOperation.ts';
import { insertAppliedOperation } from '../../db/operations/insertAppliedOperation.ts';
import { keepOperationResponse } from '../../db/operations/operationResults.ts';
import { transaction, type Transaction } from '../../db/pool.ts';
import { unavailable } from '../../domain/errors.ts';
import { uuidV7 } from '../../infra/uuidV7.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { ApiResponse } from '../http/apiResponse.ts';
import { hashRequest, readIdempotencyKey } from '../idempotency/idempotencyKey.ts';
import { requireSameRequest } from '../idempotency/requireSameRequest.ts';
import { actorOf } from './submitOperation.ts';

/** The repeat comes from a client that retries anyway. */
const RETRY_AFTER_MS = 1_000;

/**
 * Runs a write that belongs to no release in one transaction. With an Idempotency-Key its answer is stored in the same
 * transaction, as an operation that is applied already: whoever comes with that key again, even at the same time, gets
 * that answer and changes nothing. What is refused is not remembered.
 * @param write uses nothing but its transaction: those who wait for it hold the other connections.
 */
export async function answerOnce(
  request: ApiRequest,
  { pool }: AppContext,
  { organizationId, kind }: Readonly<{ organizationId: string; kind: string }>,
  write: (tx: Transaction) => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const idempotencyKey = readIdempotencyKey(request);
  if (idempotencyKey === null) return transaction(pool, write);
  const operation = {
    id: uuidV7(),
    organizationId,
    kind,
    bodyHash: await hashRequest(request),
    idempotencyKey,
    actor: actorOf(request.principal),
  };
  return transaction(pool, async (tx) => {
    // Waits for another request with this key.
    if (await insertAppliedOperation(tx, operation)) {
      const response = await write(tx);
      await keepOperationResponse(tx, operation.id, response);
      return response;
    }
    const earlier = await findOperationByKey(tx, organizationId, idempotencyKey);
    if (earlier !== null) requireSameRequest(earlier, operation);
    if (!earlier?.response) throw unavailable('The answer is not known yet.', RETRY_AFTER_MS);
    return earlier.response as ApiResponse;
  });
}
