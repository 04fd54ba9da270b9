import { formatDateTime } from '../../../domain/dateTime.ts';
import { withoutRepeats } from '../../../domain/issues/activityTimeline.ts';
import type { GroupView } from '../../../db/groups/groupView.ts';
import type { ActivityView } from '../../../db/groups/readActivity.ts';
import { serialize } from '../../serializers/serialize.ts';
import type { Json, SerializerContext } from '../../serializers/serializer.ts';

/** The timeline of an issue, newest first; it ends where the issue began. */
export async function describeTimeline(
  context: SerializerContext,
  group: GroupView,
  newestFirst: readonly ActivityView[],
  length: number,
): Promise<Json[]> {
  const firstSeen = {
    id: '0',
    type: 'first_seen',
    user: null,
    data: { priority: group.priorityLockedAt === null ? group.priority : null },
    dateCreated: formatDateTime(group.firstSeen),
  };
  const activities = await serialize('activity', withoutRepeats(newestFirst), context);
  return [...activities, firstSeen].slice(0, length);
}
