import type { Client } from '@temporalio/client';
import type { DeletionTarget } from '../../db/deletion/deletionModel.ts';
import { claimDeletion } from '../../db/deletion/deletionOrders.ts';
import { removeTarget } from '../../db/deletion/removeTarget.ts';
import { transaction, type Pool } from '../../db/pool.ts';
import type { Logger } from '../../infra/logger.ts';
import { heartbeating } from '../heartbeating.ts';
import type { OutboxRelay } from '../outbox/outboxRelay.ts';
import { deleteRows } from './deleteRows.ts';
import type {
  DeletionActivities,
  OrganizationDeletionInput,
  ProjectDeletionInput,
} from './deletionActivities.ts';
import { startPendingDeletions } from './startPendingDeletions.ts';

const project = ({ projectId }: ProjectDeletionInput): DeletionTarget => ({
  model: 'project',
  id: projectId,
});

const organization = ({ organizationId }: OrganizationDeletionInput): DeletionTarget => ({
  model: 'organization',
  id: organizationId,
});

export function createDeletionActivities(
  deps: Readonly<{ pool: Pool; client: Client; logger: Logger; relay: OutboxRelay }>,
): DeletionActivities {
  const { pool, relay } = deps;
  const claim = (target: DeletionTarget) => transaction(pool, (tx) => claimDeletion(tx, target));
  const deleteChunks = (target: DeletionTarget) =>
    heartbeating((beat) => deleteRows(pool, target, beat));
  const remove = async (target: DeletionTarget): Promise<void> => {
    const told = await heartbeating(() => transaction(pool, (tx) => removeTarget(tx, target)));
    if (told !== null) relay.relaySoon(told);
  };
  return {
    claimProjectDeletion: (input) => claim(project(input)),
    deleteProjectRows: (input) => deleteChunks(project(input)),
    removeProject: (input) => remove(project(input)),
    claimOrganizationDeletion: (input) => claim(organization(input)),
    deleteOrganizationRows: (input) => deleteChunks(organization(input)),
    removeOrganization: (input) => remove(organization(input)),
    startPendingDeletions: () => startPendingDeletions(deps),
  };
}
