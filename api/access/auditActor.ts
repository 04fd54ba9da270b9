import type { AuditActor } from '../../db/auditLog.ts';
import type { ApiRequest } from '../http/apiRequest.ts';

/** Whom the audit log names for a request. */
export function auditActor({ principal, remoteAddress }: ApiRequest): AuditActor {
  return principal.kind === 'user'
    ? { userId: principal.userId, label: null, ipAddress: remoteAddress }
    : { userId: null, label: principal.label ?? 'Organization token', ipAddress: remoteAddress };
}
