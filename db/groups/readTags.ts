import { z } from 'zod';
import type { Json } from '../../domain/ingest/trimData.ts';
import { many, type Queryable } from '../pool.ts';

/**
 * So many of the newest events say which tags an issue has: enough for shares, and few enough to be read with every
 * look at the issue. Counting each tag of each event as it comes would cost more than storing the event.
 */
const TAGGED_EVENTS_MAX = 100;

const taggedRow = z.object({
  release: z.string().nullable(),
  environment: z.string().nullable(),
  data: z.custom<{ readonly [key: string]: Json }>(),
});

/** What the tags of an event are made of. */
export type TaggedEvent = z.output<typeof taggedRow>;

/** The newest events of a group without what is large in them; of these environments only, unless null. */
export function readTaggedEvents(
  db: Queryable,
  groupId: string,
  environmentIds: readonly string[] | null,
): Promise<TaggedEvent[]> {
  return many(db, taggedRow, {
    name: 'readTaggedEvents',
    // As a record the data is parsed once; each arrow would parse it again.
    text: `select release.version as release, environment.name as environment, to_json(part) as data
             from (select * from event
                    where group_id = $1 and ($2::bigint[] is null or environment_id = any($2))
                    order by timestamp desc, event_id desc
                    limit $3) event
             left join release on release.id = event.release_id
             left join environment on environment.id = event.environment_id
            cross join lateral json_to_record(event.data)
                         as part (tags json, level json, server_name json, transaction json)`,
    values: [groupId, environmentIds, TAGGED_EVENTS_MAX],
  });
}
