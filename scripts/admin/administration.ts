import type { AuditActor } from '../../db/auditLog.ts';

/** What the audit log calls whoever runs this tool, through endpoints or without them. */
export const administration = {
  userId: null,
  label: 'Administration',
  ipAddress: null,
} as const satisfies AuditActor;
