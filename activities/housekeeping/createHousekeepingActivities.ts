import { expireEvents } from '../../db/events/expireEvents.ts';
import { expireOperations } from '../../db/expireOperations.ts';
import { deleteRemovedGroups } from '../../db/groups/deleteRemovedGroups.ts';
import { expireGroupHours } from '../../db/groups/expireGroupHours.ts';
import { expireAnswers } from '../../db/idempotentAnswers.ts';
import { reopenDue } from '../../db/groups/reopenDue.ts';
import { resolveAged } from '../../db/groups/resolveAged.ts';
import { settleNextReleases } from '../../db/groups/settleNextReleases.ts';
import { transaction, type Pool, type Transaction } from '../../db/pool.ts';
import { heartbeating } from '../heartbeating.ts';
import type { OutboxRelay } from '../outbox/outboxRelay.ts';
import type {
  HousekeepingActivities,
  PassActivity,
  PassProgress,
} from './housekeepingActivities.ts';
import { inChunks } from './inChunks.ts';

/** What the environment says unless it says otherwise; for workers that are made without one. */
const EVENT_RETENTION_DAYS = 90;
const OPERATION_RETENTION_DAYS = 30;

/** A client that sends something again does so within minutes; a pipeline that somebody starts again, within days. */
const IDEMPOTENCY_DAYS = 7;

export type HousekeepingDependencies = Readonly<{
  pool: Pool;
  relay: OutboxRelay;
  /** How long events are kept after they happened; that of the product unless given. */
  eventRetentionDays?: number | undefined;
  /** How long operations are kept after they finished; that of the product unless given. */
  operationRetentionDays?: number | undefined;
}>;

export function createHousekeepingActivities({
  pool,
  relay,
  eventRetentionDays = EVENT_RETENTION_DAYS,
  operationRetentionDays = OPERATION_RETENTION_DAYS,
}: HousekeepingDependencies): HousekeepingActivities {
  const pass =
    (chunk: (tx: Transaction, cursor: string | null) => Promise<PassProgress>): PassActivity =>
    (input) =>
      heartbeating((beat) =>
        inChunks(input, beat, (cursor) => transaction(pool, (tx) => chunk(tx, cursor))),
      );
  return {
    reopenIgnoredIssues: pass(reopenDue),
    settleNextReleases: pass(settleNextReleases),
    resolveAgedIssues: (input) =>
      relay.relaying(({ resolved }) =>
        pass((tx, cursor) => resolveAged(tx, cursor, resolved))(input),
      ),
    expireEvents: pass((tx, cursor) => expireEvents(tx, cursor, eventRetentionDays)),
    expireOperations: pass((tx, cursor) => expireOperations(tx, cursor, operationRetentionDays)),
    expireIssueCounts: pass(expireGroupHours),
    deleteRemovedIssues: pass(deleteRemovedGroups),
    expireAnswers: pass((tx) => expireAnswers(tx, IDEMPOTENCY_DAYS)),
  };
}
