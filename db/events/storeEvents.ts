import { regressGroups, type RegressionCandidate } from '../groups/regressGroups.ts';
import { wakeIgnored } from '../groups/wakeIgnored.ts';
import { announceIssues } from '../outbox/announceIssues.ts';
import { transaction, type Pool, type Transaction } from '../pool.ts';
import { findPlaces } from './findPlaces.ts';
import type { NewEvent } from './newEvent.ts';
import { distinctBy, eventKey, keyOf, must, type PlacedEvent } from './placedEvent.ts';
import { placeEvents } from './placeEvents.ts';
import { recordEvents } from './recordEvents.ts';

type Regressed = Pick<RegressionCandidate, 'organizationId' | 'release'>;

/**
 * Stores a batch of events of any projects, with a number of statements that does not depend on how many they are: two
 * in the steady state, in which everything that the events name is there and their issues are open. Else one transaction
 * makes what is missing (releases, environments and their links, groups) and wakes or reopens issues.
 * Locks are taken in one order, releases before groups, so that batches of several processes do not deadlock.
 * @returns the organizations in which something is to be told to subscribers or trackers.
 */
export async function storeEvents(pool: Pool, events: readonly NewEvent[]): Promise<string[]> {
  const { placed, rest } = await findPlaces(pool, distinctBy(events, eventKey));
  if (rest.length === 0 && placed.every(({ group }) => group.status === 'unresolved')) {
    await recordEvents(pool, placed);
    return [];
  }
  return transaction(pool, async (tx) => {
    const grouped = rest.length === 0 ? placed : [...placed, ...(await placeEvents(tx, rest))];
    const isNew = new Set(await recordEvents(tx, grouped));
    const recorded = grouped.filter((_, position) => isNew.has(position));
    const ignored = recorded.filter(({ group }) => group.status === 'ignored');
    if (ignored.length > 0) {
      await wakeIgnored(
        tx,
        ignored.map(({ group }) => group.groupId),
      );
    }
    return regressResolved(tx, recorded);
  });
}

/** Answers the organizations in which the regressions are to be told. */
async function regressResolved(tx: Transaction, events: readonly PlacedEvent[]): Promise<string[]> {
  const ofResolved = events.filter(({ group }) => group.status === 'resolved');
  if (ofResolved.length === 0) return [];
  const regressed = await regressGroups(
    tx,
    ofResolved.map(({ group, event, release, organizationId }) => ({
      organizationId,
      groupId: group.groupId,
      eventId: event.eventId,
      timestamp: event.timestamp,
      release,
    })),
  );
  const told: string[] = [];
  // Regressions are rare, and those of one batch come from few releases.
  for (const members of Map.groupBy(regressed, toldTogether).values()) {
    const { organizationId, release } = must(members[0]);
    const ids = members.map(({ groupId }) => groupId);
    const data = release === null ? {} : { release: { version: release.version } };
    const deliveries = await announceIssues(tx, organizationId, 'issue.regressed', ids, data);
    if (deliveries > 0) told.push(organizationId);
  }
  return [...new Set(told)];
}

function toldTogether({ organizationId, release }: Regressed): string {
  return keyOf(organizationId, release?.version ?? '');
}
