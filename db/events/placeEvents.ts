import { initialPriority } from '../../domain/issues/priority.ts';
import { createGroups, type NewGroup } from '../groups/createGroups.ts';
import { findGroups, type HashedGroup } from '../groups/findGroups.ts';
import { linkGroups } from '../groups/linkGroups.ts';
import { resolvePendingResolutions } from '../groups/resolvePendingResolutions.ts';
import type { Transaction } from '../pool.ts';
import { ensureEventEnvironments } from './ensureEventEnvironments.ts';
import { ensureReleases } from './ensureReleases.ts';
import { findKnownEvents } from './findKnownEvents.ts';
import { linkSightings } from './linkSightings.ts';
import type { NewEvent } from './newEvent.ts';
import { bounds, distinctBy, eventKey, keyOf, must, type PlacedEvent } from './placedEvent.ts';

type EventInRelease = Omit<PlacedEvent, 'group'>;

/**
 * Makes what is missing for events: releases, environments, groups and the links between them, with a number of
 * statements that does not depend on how many they are. Releases come before groups, as everywhere that locks both.
 */
export async function placeEvents(
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<PlacedEvent[]> {
  const placed = await groupEvents(tx, await placeInReleases(tx, events));
  await linkGroups(
    tx,
    sightingsOf(placed, ({ group }) => ({ groupId: group.groupId })),
  );
  return placed;
}

/** Finds or makes the releases and environments that the events name, and links them to the projects. */
async function placeInReleases(
  tx: Transaction,
  events: readonly NewEvent[],
): Promise<EventInRelease[]> {
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
  events: readonly EventInRelease[],
): Promise<PlacedEvent[]> {
  const found = new Map<string, HashedGroup>();
  const look = async (looked: readonly EventInRelease[]): Promise<void> => {
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

function newGroupsOf(events: readonly EventInRelease[]): NewGroup[] {
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

/** One sighting for each subject, environment and release, with its first and last moment. */
function sightingsOf<E extends EventInRelease, S extends Readonly<Record<string, string>>>(
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

function groupKey(one: Readonly<{ projectId: string; hash: string }>): string {
  return keyOf(one.projectId, one.hash);
}

function releaseKey(one: Readonly<{ organizationId: string; version: string }>): string {
  return keyOf(one.organizationId, one.version);
}

function environmentKey(one: Readonly<{ organizationId: string; name: string }>): string {
  return keyOf(one.organizationId, one.name);
}
