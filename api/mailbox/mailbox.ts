import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import { unavailable } from '../../domain/errors.ts';
import type { OperationOutcome } from '../../domain/releaseCommands.ts';
import {
  findOperation,
  findOperationByKey,
  type Operation,
} from '../../db/operations/findOperation.ts';
import { insertOperations, type NewOperation } from '../../db/operations/insertOperations.ts';
import {
  keepOperationResponse,
  listOperationResults,
  type OperationResult,
} from '../../db/operations/operationResults.ts';
import { classifyDatabaseError } from '../../db/pgErrors.ts';
import type { Pool } from '../../db/pool.ts';
import { Batcher } from '../../infra/batcher.ts';
import type { Logger } from '../../infra/logger.ts';
import { DrainResult } from '../../workflows/messages.ts';
import { requireSameRequest } from '../idempotency/requireSameRequest.ts';
import type { ReleaseActor } from './releaseActor.ts';

/** Past this many waiting operations a release takes no more: something is wrong that more of them would not mend. */
const PENDING_MAX = 1_000;

/** What became of a write within the time its caller waits. */
export type Settled = Readonly<{
  operationId: string;
  /** Null while the operation is durable but not applied yet. */
  outcome: OperationOutcome | null;
  /** The first answer to this idempotency key, when this is a repeat of it. */
  firstResponse: unknown;
}>;

/** Where writes go: stored first, then applied by the actor of their release (ADR 0002, ADR 0003). */
export class Mailbox {
  private readonly pool: Pool;
  private readonly actor: ReleaseActor;
  private readonly waitMs: number;
  private readonly logger: Logger;
  private readonly inserts: Batcher<NewOperation, boolean>;
  private readonly results: Batcher<string, OperationResult | undefined>;

  constructor(options: { pool: Pool; actor: ReleaseActor; waitMs: number; logger: Logger }) {
    this.pool = options.pool;
    this.actor = options.actor;
    this.waitMs = options.waitMs;
    this.logger = options.logger;
    this.inserts = new Batcher(async (operations) => {
      const inserted = await onceMore(() =>
        insertOperations(options.pool, operations, PENDING_MAX),
      );
      return operations.map(({ id }) => inserted.has(id));
    });
    this.results = new Batcher(async (ids) => {
      const rows = await listOperationResults(options.pool, ids);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id));
    });
  }

  /**
   * Stores the operation and waits, for as long as a write may take, until it has an outcome.
   * @throws AppError idempotency_mismatch for a key that came with another body; unavailable when the mailbox is full.
   */
  async submit(operation: NewOperation, organizationSlug: string): Promise<Settled> {
    const deadline = Date.now() + this.waitMs;
    const earlier = await this.store(operation);
    if (earlier !== null && earlier.status !== 'pending') {
      return {
        operationId: earlier.id,
        outcome: earlier.outcome,
        firstResponse: earlier.response ?? null,
      };
    }
    const operationId = earlier?.id ?? operation.id;
    const outcome = await this.waitForOutcome(operationId, operation, organizationSlug, deadline);
    return { operationId, outcome, firstResponse: null };
  }

  /** Remembers the answer to a keyed request; a repeat that was faster has its answer returned instead. */
  keepResponse(operationId: string, response: unknown): Promise<unknown> {
    return keepOperationResponse(this.pool, operationId, response);
  }

  find(operationId: string): Promise<Operation | null> {
    return findOperation(this.pool, operationId);
  }

  /** Answers the operation that has used the same key or id before; null when this one is new. */
  private async store(operation: NewOperation): Promise<Operation | null> {
    const key = operation.idempotencyKey;
    if (await this.inserts.run(operation)) return null;
    const earlier =
      key === null
        ? await findOperation(this.pool, operation.id)
        : await findOperationByKey(this.pool, operation.release.organizationId, key);
    if (earlier === null) {
      throw unavailable('Too many operations of this release are waiting. Try again later.', 5_000);
    }
    requireSameRequest(earlier, operation);
    return earlier;
  }

  private async waitForOutcome(
    operationId: string,
    { release }: NewOperation,
    organizationSlug: string,
    deadline: number,
  ): Promise<OperationOutcome | null> {
    for (let changesOfRun = 0; ; changesOfRun += 1) {
      const drained = await this.drainUntil(deadline, () =>
        this.actor.drain(release, organizationSlug),
      );
      const result = await this.results.run(operationId);
      if (result !== undefined && result.status !== 'pending') return result.outcome;
      // Only a change of run is worth asking again; after everything else the actor tries again by itself.
      if (drained !== DrainResult.again || Date.now() >= deadline) return null;
      if (changesOfRun > 0) await setTimeout(againDelayMs(changesOfRun, deadline));
    }
  }

  /** Null when Temporal cannot be reached or the time is up: the operation is durable either way. */
  private async drainUntil(
    deadline: number,
    drain: () => Promise<DrainResult>,
  ): Promise<DrainResult | null> {
    const timeUp = Promise.withResolvers<null>();
    const timer = startTimer(() => timeUp.resolve(null), Math.max(0, deadline - Date.now()));
    try {
      return await Promise.race([drain(), timeUp.promise]);
    } catch (error) {
      this.logger.warn({ err: error }, 'A drain failed; its operations stay pending');
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * A connection that breaks says nothing about the statement. The same operation is stored once however often it is
 * sent, so sending it again is better than an error about a write that may have been accepted.
 */
async function onceMore<T>(store: () => Promise<T>): Promise<T> {
  try {
    return await store();
  } catch (error) {
    if (classifyDatabaseError(error) !== 'connection') throw error;
    return store();
  }
}

/**
 * The next run answers at once as a rule. One that is being cancelled by an operator may take as long as the activity
 * it is in, and is not to be asked a hundred times meanwhile.
 */
function againDelayMs(changesOfRun: number, deadline: number): number {
  return Math.max(0, Math.min(25 * 2 ** changesOfRun, 500, deadline - Date.now()));
}
