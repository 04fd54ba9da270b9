import { countEvents, type GroupCount } from '../groups/countEvents.ts';
import { rememberUsers, type GroupUser } from '../groups/rememberUsers.ts';
import { regressGroups, type RegressionCandidate } from '../groups/regressGroups.ts';
import { wakeIgnored } from '../groups/wakeIgnored.ts';
import { announceIssues } from '../outbox/announceIssues.ts';
import { transaction, type Pool, type Transaction } from '../pool.ts';
import { findPlaces } from './findPlaces.ts';
import { insertEvents } from './insertEvents.ts';
import type { NewEvent } from './newEvent.ts';
import { bounds, distinctBy, eventKey, keyOf, must, type PlacedEvent } from './placedEvent.ts';
import { placeEvents } from './placeEvents.ts';

type Regressed = Pick<RegressionCandidate, 'organizationId' | 'release'>;

/**
 * Stores a batch of events of any projects in one transaction, with a number of statements that does not depend on how
 * many they are: releases, environments and their links, groups, the events themselves, counters, regressions.
 * Locks are taken in one order, releases before groups, so that batches of several processes do not deadlock.
 * @returns the organizations in which something is to be told to subscribers or trackers.
 */
export async function storeEvents(pool: Pool, events: readonly NewEvent[]): Promise<string[]> {
  const distinct = distinctBy(events, eventKey);
  return transaction(pool, async (tx) => {
    const { placed, rest } = await findPlaces(tx, distinct);
    const grouped = rest.length === 0 ? placed : [...placed, ...(await placeEvents(tx, rest))];
    const inserted = await insertEvents(
      tx,
      grouped.map(({ projectId, event, group, release, environmentId }) => ({
        projectId,
        eventId: event.eventId,
        groupId: group.groupId,
        timestamp: event.timestamp,
        releaseId: release?.id ?? null,
        environmentId,
        data: event.data,
      })),
    );
    const isInserted = new Set(inserted);
    const counted = grouped.filter((_, position) => isInserted.has(position));
    if (counted.length === 0) return [];
    const newUsers = await rememberUsers(tx, usersOf(counted));
    await countEvents(tx, countsOf(counted, newUsers));
    const ignored = counted.filter(({ group }) => group.status === 'ignored');
    if (ignored.length > 0) {
      await wakeIgnored(
        tx,
        ignored.map(({ group }) => group.groupId),
      );
    }
    return regressResolved(tx, counted);
  });
}

function usersOf(events: readonly PlacedEvent[]): GroupUser[] {
  return events.flatMap(({ group, projectId, event: { user } }) =>
    user === null ? [] : [{ groupId: group.groupId, projectId, user }],
  );
}

function countsOf(
  events: readonly PlacedEvent[],
  newUsers: ReadonlyMap<string, number>,
): GroupCount[] {
  return [...Map.groupBy(events, ({ group }) => group.groupId)].map(([groupId, members]) => {
    const { first, last } = bounds(members);
    const { level, culprit, title, message, metadata, timestamp } = last.event;
    return {
      groupId,
      count: members.length,
      newUsers: newUsers.get(groupId) ?? 0,
      firstSeen: first.event.timestamp,
      lastSeen: timestamp,
      level,
      culprit,
      title,
      message,
      metadata,
    };
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
