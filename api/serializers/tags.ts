import { asText, isObject } from '../../domain/ingest/eventFields.ts';
import type { Json } from '../../domain/ingest/trimData.ts';

export type Tag = Readonly<{ key: string; value: string }>;

type Tagged = Readonly<{
  data: Readonly<Record<string, Json>>;
  release: string | null;
  environment: string | null;
}>;

/** More values than this are a list nobody reads. */
const TOP_VALUES_MAX = 10;

/** Tags as sent, a list of pairs or an object, and those that every event has. */
export function tagsOf({ data, release, environment }: Tagged): Tag[] {
  const given = Array.isArray(data['tags'])
    ? data['tags'].map((pair: unknown) => (Array.isArray(pair) ? (pair as unknown[]) : []))
    : Object.entries(isObject(data['tags']) ? data['tags'] : {});
  const own: unknown[][] = [
    ['environment', environment === '' ? null : environment],
    ['level', data['level'] ?? 'error'],
    ['release', release],
    ['server_name', data['server_name']],
    ['transaction', data['transaction']],
  ];
  const tags = [...given, ...own].flatMap(([key, value]): [string, string][] => {
    const [name, text] = [asText(key), typeof value === 'boolean' ? String(value) : asText(value)];
    return name === null || text === null || text === '' ? [] : [[name, text]];
  });
  // The event's own fields win over tags of the same name.
  return [...new Map(tags)].map(([key, value]) => ({ key, value })).sort(byKey);
}

/** The tags that events have, each with its most frequent values. */
export function serializeTags(events: readonly Tagged[]): Record<string, unknown>[] {
  const byName = Map.groupBy(events.flatMap(tagsOf), ({ key }) => key);
  return [...byName]
    .map(([key, tags]) => {
      const values = [...Map.groupBy(tags, ({ value }) => value)]
        .map(([value, same]) => ({ value, name: value, count: same.length }))
        .sort((a, b) => b.count - a.count);
      return {
        key,
        name: nameOf(key),
        totalValues: tags.length,
        uniqueValues: values.length,
        topValues: values.slice(0, TOP_VALUES_MAX),
      };
    })
    .sort(byKey);
}

/** `server_name` → `Server Name`. */
function nameOf(key: string): string {
  return key.replaceAll(/[_-]+/g, ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function byKey(a: Readonly<{ key: string }>, b: Readonly<{ key: string }>): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
