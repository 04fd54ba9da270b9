import type { EventRelease } from './ensureReleases.ts';
import type { NewEvent } from './newEvent.ts';

/** An event with the rows that it belongs to. */
export type PlacedEvent = NewEvent &
  Readonly<{
    release: EventRelease | null;
    environmentId: string;
    group: Readonly<{ groupId: string; status: string }>;
  }>;

export function keyOf(...parts: readonly string[]): string {
  return parts.join('\0');
}

export function eventKey(one: NewEvent): string {
  return keyOf(one.projectId, one.event.eventId);
}

/** The first item of each key, in the order of the items. */
export function distinctBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...Map.groupBy(items, key).values()].map(([first]) => must(first));
}

/** The oldest and the newest; timestamps are texts of one form, so they compare as texts. */
export function bounds<E extends NewEvent>(events: readonly E[]): { first: E; last: E } {
  const [head] = events;
  let [first, last] = [must(head), must(head)];
  for (const event of events) {
    if (event.event.timestamp < first.event.timestamp) first = event;
    if (event.event.timestamp >= last.event.timestamp) last = event;
  }
  return { first, last };
}

/** For what the lines before have made sure of. */
export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('A batch of events lost a row');
  return value;
}
