import { RecentMap } from '../../infra/recentMap.ts';
import { keyOf, type PlacedEvent } from './placedEvent.ts';
import type { NewEvent } from './newEvent.ts';

/**
 * How long a place may be taken for known, by the clock and by the timestamps of events: a small part of the minute in
 * which the links between its rows are young enough.
 */
const KNOWN_MS = 5_000;

/** Issues that are hit within those seconds; beyond it the cache starts over. */
const PLACES_MAX = 10_000;

type Place = Pick<PlacedEvent, 'group' | 'environmentId' | 'release'>;

/**
 * Where events of open issues belonged a moment ago. A hint and not a promise: an issue may be resolved or deleted
 * meanwhile, and whoever records an event by it has the statement look at the issue again.
 */
export class PlaceCache {
  private readonly places = new RecentMap<Place & { seenAt: number }>({
    keepMs: KNOWN_MS,
    max: PLACES_MAX,
  });

  find(event: NewEvent): PlacedEvent | null {
    const place = this.places.get(placeKey(event));
    if (place === undefined) return null;
    const { seenAt, group, environmentId, release } = place;
    if (Date.parse(event.event.timestamp) - seenAt > KNOWN_MS) return null;
    return { ...event, group, environmentId, release };
  }

  remember(placed: PlacedEvent): void {
    const { group, environmentId, release, event } = placed;
    const seenAt = Date.parse(event.timestamp);
    this.places.set(placeKey(placed), { group, environmentId, release, seenAt });
  }

  forget(events: readonly NewEvent[]): void {
    for (const event of events) this.places.delete(placeKey(event));
  }
}

/** Events of one key belong to the same rows. */
export function placeKey({ projectId, hash, event }: NewEvent): string {
  return keyOf(projectId, hash, event.environment, event.release ?? '');
}
