import { initialPriority } from '../../domain/issues/priority.ts';
import { countEvents, type GroupCount } from '../groups/countEvents.ts';
import { createGroups, type NewGroup } from '../groups/createGroups.ts';
import { findGroups, type HashedGroup } from '../groups/findGroups.ts';
import { linkGroups } from '../groups/linkGroups.ts';
import { regressGroups, type RegressionCandidate } from '../groups/regressGroups.ts';
import { announceIssues } from '../outbox/announceIssues.ts';
import { resolvePendingResolutions } from '../groups/resolvePendingResolutions.ts';
import { transaction, type Pool, type Transaction } from '../pool.ts';
import { ensureEventEnvironments } from './ensureEventEnvironments.ts';
import { ensureReleases, type EventRelease } from './ensureReleases.ts';
import { findKnownEvents, insertEvents } from './insertEvents.ts';
import { linkSightings } from './linkSightings.ts';
import type { NewEvent } from './newEvent.ts';

/** An event with the rows it belongs to. */
type PlacedEvent = NewEvent & Readonly<{ release: EventRelease | null; environmentId: string }>;
type GroupedEvent = PlacedEvent & Readonly<{ group: HashedGroup }>;
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
    const placed = await placeEvents(tx, distinct);
    const grouped = await groupEvents(tx, placed);
    await linkGroups(
      tx,
      sightingsOf(grouped, ({ group }) => ({ groupId: group.groupId })),
    );
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
    await countEvents(tx, countsOf(counted));
    return regressResolved(tx, counted);
  });
}

/** Finds or makes the releases and environments that the events name, and links them to the projects. */
async function placeEvents(tx: Transaction, events: readonly NewEvent[]): Promise<PlacedEvent[]> {
  const named = distinctBy(
    events.flatMap(({ organizationId, event }) =>
      event.release === null
        ? []
        : [{ organizationId, version: event.release, seenAt: event.timestamp }],
    ),
    releaseKey,
  );
  const releases = named.length === 0 ? [] : await ensureReleases(tx, named);
  const environments = await ensureEventEnvironments(
    tx,
    distinctBy(
      events.map(({ organizationId, event }) => ({ organizationId, name: event.environment })),
      environmentKey,
    ),
  );
  const releaseByKey = new Map(releases.map((release) => [releaseKey(release), release]));
  const environmentIds = new Map(environments.map((one) => [environmentKey(one), one.id]));
  const placed = events.map((one) => ({
    ...one,
    release: releaseByKey.get(keyOf(one.organizationId, one.event.release ?? '')) ?? null,
    environmentId: must(environmentIds.get(keyOf(one.organizationId, one.event.environment))),
  }));
  await linkSightings(
    tx,
    sightingsOf(placed, ({ projectId }) => ({ projectId })),
  );
  const created = releases.filter((release) => release.isNew).map((release) => release.id);
  if (created.length > 0) await resolvePendingResolutions(tx, created);
  return placed;
}

/** Finds the group of each event, or makes it. Events that are known and would only make an empty group are dropped. */
async function groupEvents(
  tx: Transaction,
  events: readonly PlacedEvent[],
): Promise<GroupedEvent[]> {
  const found = new Map<string, HashedGroup>();
  const look = async (looked: readonly PlacedEvent[]): Promise<void> => {
    for (const group of await findGroups(tx, distinctBy(looked, groupKey))) {
      found.set(groupKey(group), group);
    }
  };
  await look(events);
  let missing = events.filter((event) => !found.has(groupKey(event)));
  if (missing.length > 0) {
    const ids = missing.map(({ projectId, event }) => ({ projectId, eventId: event.eventId }));
    const known = new Set(
      (await findKnownEvents(tx, ids)).map((one) => keyOf(one.projectId, one.eventId)),
    );
    missing = missing.filter((event) => !known.has(eventKey(event)));
  }
  if (missing.length > 0) {
    await createGroups(tx, newGroupsOf(missing));
    await look(missing);
  }
  return events.flatMap((event) => {
    const group = found.get(groupKey(event));
    return group === undefined ? [] : [{ ...event, group }];
  });
}

function newGroupsOf(events: readonly PlacedEvent[]): NewGroup[] {
  return [...Map.groupBy(events, groupKey).values()].map((members) => {
    const { first, last } = bounds(members);
    const { event } = first;
    return {
      projectId: first.projectId,
      hash: first.hash,
      level: event.level,
      priority: initialPriority(event.level),
      platform: event.platform,
      logger: event.logger,
      culprit: event.culprit,
      title: event.title,
      message: event.message,
      metadata: event.metadata,
      firstSeen: event.timestamp,
      lastSeen: last.event.timestamp,
      releaseId: first.release?.id ?? null,
      environmentId: first.environmentId,
    };
  });
}

function countsOf(events: readonly GroupedEvent[]): GroupCount[] {
  return [...Map.groupBy(events, ({ group }) => group.groupId)].map(([groupId, members]) => {
    const { first, last } = bounds(members);
    const { level, culprit, title, message, metadata, timestamp } = last.event;
    return {
      groupId,
      count: members.length,
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
async function regressResolved(
  tx: Transaction,
  events: readonly GroupedEvent[],
): Promise<string[]> {
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

/** One sighting for each subject, environment and release, with its first and last moment. */
function sightingsOf<E extends PlacedEvent, S extends Readonly<Record<string, string>>>(
  events: readonly E[],
  subject: (event: E) => S,
): (S & {
  environmentId: string;
  releaseId: string | null;
  firstSeen: string;
  lastSeen: string;
})[] {
  const key = (event: E): string =>
    JSON.stringify([subject(event), event.environmentId, event.release?.id]);
  return [...Map.groupBy(events, key).values()].map((members) => {
    const { first, last } = bounds(members);
    return {
      ...subject(first),
      environmentId: first.environmentId,
      releaseId: first.release?.id ?? null,
      firstSeen: first.event.timestamp,
      lastSeen: last.event.timestamp,
    };
  });
}

/** The oldest and the newest; timestamps are texts of one form, so they compare as texts. */
function bounds<E extends NewEvent>(events: readonly E[]): { first: E; last: E } {
  const [head] = events;
  let [first, last] = [must(head), must(head)];
  for (const event of events) {
    if (event.event.timestamp < first.event.timestamp) first = event;
    if (event.event.timestamp >= last.event.timestamp) last = event;
  }
  return { first, last };
}

function distinctBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...Map.groupBy(items, key).values()].map(([first]) => must(first));
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\0');
}

const eventKey = (one: NewEvent): string => keyOf(one.projectId, one.event.eventId);
const groupKey = (one: Readonly<{ projectId: string; hash: string }>): string =>
  keyOf(one.projectId, one.hash);
const releaseKey = (one: Readonly<{ organizationId: string; version: string }>): string =>
  keyOf(one.organizationId, one.version);
const environmentKey = (one: Readonly<{ organizationId: string; name: string }>): string =>
  keyOf(one.organizationId, one.name);

/** For what the lines before have made sure of. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A batch of events lost a row');
  return value;
}
