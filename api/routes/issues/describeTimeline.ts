import { formatDateTime } from '../../../domain/dateTime.ts';
import { withoutRepeats } from '../../../domain/issues/activityTimeline.ts';
import type { GroupView } from '../../../db/groups/groupView.ts';
import { listGroupActivity } from '../../../db/groups/readActivity.ts';
import { serialize } from '../../serializers/serialize.ts';
import type { Json, SerializerContext } from '../../serializers/serializer.ts';

/** As long as people scroll; the whole story is in the history. */
const TIMELINE_LENGTH = 100;

/** The timeline of an issue, newest first; it ends where the issue began. */
export async function describeTimeline(
  context: SerializerContext,
  group: GroupView,
): Promise<Json[]> {
  const firstSeen = {
    id: '0',
    type: 'first_seen',
    user: null,
    data: { priority: group.priorityLockedAt === null ? group.priority : null },
    dateCreated: formatDateTime(group.firstSeen),
  };
  const newestFirst = await listGroupActivity(context.pool, group.id, TIMELINE_LENGTH);
  const activities = await serialize('activity', withoutRepeats(newestFirst), context);
  return [...activities, firstSeen].slice(0, TIMELINE_LENGTH);
}
