import { deleteReleaseRow, isFirstReleaseOfGroups } from '../../db/releases/deleteRelease.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import type { StepApplier } from './applyRun.ts';
import { refused, releaseGone } from './outcomes.ts';

const REFERENCED = 'This release is referenced by active issues and cannot be removed.';

/**
 * The first deletion of a run takes the release; the ones behind it find it gone. Issues that were first seen in it
 * protect it: the lock keeps new ones out until the commit (releases-api 8).
 */
export const deleteRelease: StepApplier = async (tx, key, operations) => {
  const release = await lockRelease(tx, key);
  if (release === null) return operations.map(releaseGone);
  if (await isFirstReleaseOfGroups(tx, release.id)) {
    return operations.map((operation) => refused(operation, { detail: REFERENCED }));
  }
  await deleteReleaseRow(tx, release.id);
  return operations.map((operation, index) =>
    index === 0
      ? { id: operation.id, outcome: { status: 204, releaseId: release.id } }
      : releaseGone(operation),
  );
};
