import type { AuditLogEntry } from '../../db/auditLog.ts';
import { auditNote } from '../../domain/auditEvents.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { loadAvatars } from './avatars.ts';
import { serializer } from './serializer.ts';
import { serializeUser } from './user.ts';

export const auditLogEntry = serializer({
  getAttributes: (entries: readonly AuditLogEntry[], context) =>
    loadAvatars(
      context,
      'user',
      entries.flatMap(({ actor, targetUser }) => [actor, targetUser]),
    ),
  toJson: (entry, avatars) => ({
    id: entry.id,
    actor:
      entry.actor === null
        ? { name: entry.actorLabel ?? 'Unknown' }
        : serializeUser(entry.actor, avatars),
    event: entry.event,
    ipAddress: entry.ipAddress,
    note: auditNote(entry.event, entry.data),
    targetObject: entry.targetObject === null ? null : Number(entry.targetObject),
    targetUser:
      entry.targetUser === null ? entry.targetUserId : serializeUser(entry.targetUser, avatars),
    data: entry.data,
    dateCreated: formatDateTime(entry.dateAdded),
  }),
});
