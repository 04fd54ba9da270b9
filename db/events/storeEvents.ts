import { regressGroups, type RegressionCandidate } from '../groups/regressGroups.ts';
import { wakeIgnored } from '../groups/wakeIgnored.ts';
import { announceIssues } from '../outbox/announceIssues.ts';
import { transaction, type Pool, type Transaction } from '../pool.ts';
import { countPendingOf } from './countPending.ts';
import { findIngestKeys } from './findIngestKeys.ts';
import { findPlaces } from './findPlaces.ts';
import type { NewEvent } from './newEvent.ts';
import { distinctBy, eventKey, keyOf, must, type PlacedEvent } from './placedEvent.ts';
import type { PlaceCache } from './placeCache.ts';
import { placeEvents } from './placeEvents.ts';
import { recordEvents } from './recordEvents.ts';

type Regressed = Pick<RegressionCandidate, 'organizationId' | 'release'>;

/** A release, environment or issue was deleted after it was looked up: the next look finds or makes another. */
export class PlaceGoneError extends Error {
  override readonly name = 'PlaceGoneError';
}

export type Stored = Readonly<{
  /** Organizations in which something is to be told to subscribers or trackers. */
  told: readonly string[];
  /** Keys that may not be used any more; their events are not stored. */
  refusedKeys: ReadonlySet<string>;
}>;

/**
 * Stores a batch of events of any projects, with a number of statements that does not depend on how many they are: one
 * in the steady state, in which everything that the events name was there a moment ago and their issues are open.
 * The others go in one transaction that makes what is missing (releases, environments and their links, groups) and wakes
 * or reopens issues. Locks are taken in one order, releases before groups before events, so that batches of several
 * processes do not deadlock. Storing what is stored already changes nothing, so a batch that failed in the middle can be
 * stored again. Keys may have been looked up a while ago: they are checked again as part of the storing. Whoever calls
 * sees to it that what the one statement notes is counted (countPending.ts).
 * @throws PlaceGoneError when it is worth another try.
 */
export async function storeEvents(
  pool: Pool,
  events: readonly NewEvent[],
  places: PlaceCache,
): Promise<Stored> {
  const distinct = distinctBy(events, eventKey);
  const { open, others } = await findOpen(pool, distinct, places);
  const isRecorded =
    open.length > 0 && (await recordEvents(pool, open, { isOpenOnly: true })) !== null;
  if (!isRecorded) places.forget(open);
  const rest = isRecorded ? others : distinct;
  if (rest.length === 0) return { told: [], refusedKeys: new Set() };
  return transaction(pool, (tx) => storeOthers(tx, rest));
}

/** Those whose place is known and whose issue is open, as far as one can know without a lock. */
async function findOpen(
  pool: Pool,
  events: readonly NewEvent[],
  places: PlaceCache,
): Promise<{ open: PlacedEvent[]; others: NewEvent[] }> {
  const open: PlacedEvent[] = [];
  const unknown: NewEvent[] = [];
  for (const event of events) {
    const placed = places.find(event);
    if (placed === null) unknown.push(event);
    else open.push(placed);
  }
  if (unknown.length === 0) return { open, others: [] };
  const { placed, rest } = await findPlaces(pool, unknown);
  const others: NewEvent[] = rest;
  for (const event of placed) {
    if (event.group.status !== 'unresolved') {
      others.push(event);
      continue;
    }
    places.remember(event);
    open.push(event);
  }
  return { open, others };
}

async function storeOthers(tx: Transaction, events: readonly NewEvent[]): Promise<Stored> {
  const { taken, refusedKeys } = await checkKeys(tx, events);
  if (taken.length === 0) return { told: [], refusedKeys };
  const { placed, rest } = await findPlaces(tx, taken);
  const grouped = rest.length === 0 ? placed : [...placed, ...(await placeEvents(tx, rest))];
  const recorded = await recordEvents(tx, grouped, { isOpenOnly: false });
  if (recorded === null) throw new PlaceGoneError('Deleted while an event was on its way to it');
  const groupIds = grouped.map(({ group }) => group.groupId);
  await countPendingOf(tx, [...new Set(groupIds)]);
  const ignored = recorded.filter(({ group }) => group.status === 'ignored');
  if (ignored.length > 0) {
    await wakeIgnored(
      tx,
      ignored.map(({ group }) => group.groupId),
    );
  }
  return { told: await regressResolved(tx, recorded), refusedKeys };
}

async function checkKeys(
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<{ taken: readonly NewEvent[]; refusedKeys: ReadonlySet<string> }> {
  const given = [...new Set(events.map(({ publicKey }) => publicKey))];
  const usable = new Set((await findIngestKeys(tx, given)).map(({ publicKey }) => publicKey));
  const refusedKeys = new Set(given.filter((publicKey) => !usable.has(publicKey)));
  return { taken: events.filter(({ publicKey }) => usable.has(publicKey)), refusedKeys };
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
