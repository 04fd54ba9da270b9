import { clearReleaseCommits } from '../../db/releases/clearCommits.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import type { StepApplier } from './applyRun.ts';
import { releaseGone, succeeded } from './outcomes.ts';

/** Clearing twice is clearing once. */
export const clearCommits: StepApplier = async (tx, key, operations) => {
  const release = await lockRelease(tx, key);
  if (release === null) return operations.map(releaseGone);
  await clearReleaseCommits(tx, release.id, operations.length);
  return operations.map((operation) => succeeded(operation, release.id));
};
