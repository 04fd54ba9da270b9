import type { AuditLogEntry } from '../../db/auditLog.ts';
import { auditNote } from '../../domain/auditEvents.ts';
import { formatDateTime } from '../../domain/dateTime.ts';
import { serializeUser } from './user.ts';

export function serializeAuditLogEntry(entry: AuditLogEntry): Record<string, unknown> {
  return {
    id: entry.id,
    actor:
      entry.actor === null ? { name: entry.actorLabel ?? 'Unknown' } : serializeUser(entry.actor),
    event: entry.event,
    ipAddress: entry.ipAddress,
    note: auditNote(entry.event, entry.data),
    targetObject: entry.targetObject === null ? null : Number(entry.targetObject),
    targetUser: entry.targetUser === null ? entry.targetUserId : serializeUser(entry.targetUser),
    data: entry.data,
    dateCreated: formatDateTime(entry.dateAdded),
  };
}
