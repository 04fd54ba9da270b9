import { z } from 'zod';
import { many, one, type Queryable } from '../pool.ts';
import { outcomeSchema } from './outcomeSchema.ts';

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
