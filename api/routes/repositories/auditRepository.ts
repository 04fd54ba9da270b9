import { recordAudit } from '../../../db/auditLog.ts';
import type { Transaction } from '../../../db/pool.ts';
import type { RepositoryDetails } from '../../../db/repositories.ts';
import { auditActor } from '../../access/auditActor.ts';
import type { ApiRequest } from '../../http/apiRequest.ts';

export async function auditRepository(
  tx: Transaction,
  request: ApiRequest,
  organizationId: string,
  event: 'repository.create' | 'repository.edit' | 'repository.remove',
  repository: RepositoryDetails,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { id, name, provider, status } = repository;
  await recordAudit(tx, {
    organizationId,
    event,
    actor: auditActor(request),
    targetObject: id,
    data: { id: Number(id), name, provider, status, ...more },
  });
}
