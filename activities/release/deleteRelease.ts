import { deleteReleaseRow } from '../../db/releases/deleteRelease.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import type { StepApplier } from './applyRun.ts';
import { releaseGone } from './outcomes.ts';

/** The first deletion of a run takes the release; the ones behind it find it gone (releases-api 8). */
export const deleteRelease: StepApplier = async (tx, key, operations) => {
  const release = await lockRelease(tx, key);
  if (release === null) return operations.map(releaseGone);
  await deleteReleaseRow(tx, release.id);
  return operations.map((operation, index) =>
    index === 0
      ? { id: operation.id, outcome: { status: 204, releaseId: release.id } }
      : releaseGone(operation),
  );
};
