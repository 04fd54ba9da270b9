import { announceIssues } from '../../db/outbox/announceIssues.ts';
import { appendOutbox } from '../../db/outbox/appendOutbox.ts';
import type { Transaction } from '../../db/pool.ts';
import type { OutboxEvent } from '../../domain/outboxEvents.ts';
import { Coalescer } from '../../infra/coalescer.ts';
import { relayEvents, type RelayDependencies } from './relayOutbox.ts';

/** Appends events inside the transaction of a step. */
export type Announce = (
  tx: Transaction,
  organizationId: string,
  events: readonly OutboxEvent[],
) => Promise<void>;

/** The same for issues that a step resolved, and for the trackers that they are linked to. */
export type AnnounceResolved = (
  tx: Transaction,
  organizationId: string,
  groupIds: readonly string[],
  data: Readonly<Record<string, unknown>>,
) => Promise<void>;

export type Announcer = Readonly<{ events: Announce; resolved: AnnounceResolved }>;

/** Gets events from the transactions that wrote them to the workflows that deliver them. */
export class OutboxRelay {
  private readonly deps: RelayDependencies;
  private readonly coalescer = new Coalescer<unknown>();

  constructor(deps: RelayDependencies) {
    this.deps = deps;
  }

  /**
   * Runs work that may announce events, and relays them once it has committed. Nobody waits for that, and what goes
   * wrong there is made up for by the reconciler: the events are stored.
   */
  async relaying<T>(work: (announcer: Announcer) => Promise<T>): Promise<T> {
    const organizations = new Set<string>();
    try {
      return await work({
        events: async (tx, organizationId, events) => {
          const deliveries = await appendOutbox(tx, organizationId, events);
          if (deliveries > 0) organizations.add(organizationId);
        },
        resolved: async (tx, organizationId, groupIds, data) => {
          const type = 'issue.resolved';
          const deliveries = await announceIssues(tx, organizationId, type, groupIds, data);
          if (deliveries > 0) organizations.add(organizationId);
        },
      });
    } finally {
      // Also after a failure: parts of a run may have committed.
      for (const organizationId of organizations) this.relaySoon(organizationId);
    }
  }

  /** For whoever appended to the outbox in a transaction of their own, after its commit. */
  relaySoon(organizationId: string): void {
    this.coalescer
      .run(organizationId, () => relayEvents(this.deps, organizationId))
      .catch((error: unknown) => {
        this.deps.logger.warn({ err: error, organizationId }, 'Events wait for the reconciler');
      });
  }
}
