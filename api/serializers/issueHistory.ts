import type { HistoryView } from '../../db/groups/readActivity.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars } from './avatars.ts';
import { serializer } from './serializer.ts';
import { serializeUser } from './user.ts';

/** What an issue went through. */
export const issueHistory = serializer({
  getAttributes: (entries: readonly HistoryView[], context) =>
    loadAvatars(
      context,
      'user',
      entries.map(({ actor }) => actor),
    ),
  toJson: (entry, avatars) => ({
    id: entry.id,
    status: entry.status,
    release: entry.release,
    actor: entry.actor === null ? null : serializeUser(entry.actor, avatars),
    dateCreated: formatDateTime(entry.dateAdded),
    previous:
      entry.previousId === null || entry.previousDate === null
        ? null
        : { id: entry.previousId, dateCreated: formatDateTime(entry.previousDate) },
  }),
});
