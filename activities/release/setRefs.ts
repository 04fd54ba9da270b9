import {
  ensureBareCommits,
  findRepositoriesByName,
  requestFetches,
  upsertHeads,
  type Head,
} from '../../db/releases/setRefs.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import { bumpRevision } from '../../db/releases/updateRelease.ts';
import type { ClaimedOperation } from '../../db/operations/claimOperations.ts';
import type { Transaction } from '../../db/pool.ts';
import { headRefs, type RefInput } from '../../domain/commitRange.ts';
import type { StepApplier, StepOutcome } from './applyRun.ts';
import { commandOf, refused, releaseGone, succeeded } from './outcomes.ts';

/** Stores the heads that refs name and, where no commits came along, the wish to fetch their ranges (releases-api 5). */
export const setRefs: StepApplier = async (tx, key, operations) => {
  const release = await lockRelease(tx, key);
  if (release === null) return operations.map(releaseGone);
  const outcomes: StepOutcome[] = [];
  for (const operation of operations) {
    outcomes.push(await storeRefs(tx, key.organizationId, release.id, operation));
  }
  const applied = outcomes.filter(({ outcome }) => !('error' in outcome));
  await bumpRevision(tx, release.id, applied.length);
  return outcomes;
};

async function storeRefs(
  tx: Transaction,
  organizationId: string,
  releaseId: string,
  operation: ClaimedOperation,
): Promise<StepOutcome> {
  const { refs, fetch } = commandOf(operation, operation.body.setRefs);
  const names = [...new Set(refs.map((ref) => ref.repository))];
  const repositories = await findRepositoriesByName(tx, organizationId, names);
  const unknown = names.filter((name) => !repositories.has(name));
  if (unknown.length > 0) {
    return refused(operation, { refs: [`Invalid repository names: ${unknown.join(',')}`] });
  }
  const repositoryOf = (ref: RefInput): string => repositories.get(ref.repository) ?? '';
  const commitIds = await ensureBareCommits(
    tx,
    organizationId,
    refs.map((ref) => ({ repositoryId: repositoryOf(ref), key: ref.commit })),
  );
  // The last ref of a repository is its head; the commits of the others stay (releases-api 5.4).
  const heads = new Map<string, Head>();
  for (const [index, ref] of refs.entries()) {
    const repositoryId = repositoryOf(ref);
    heads.set(repositoryId, { repositoryId, commitId: commitIds[index] ?? '' });
  }
  await upsertHeads(tx, releaseId, [...heads.values()]);
  if (fetch) {
    const wanted = headRefs(refs).map((ref) => ({
      repositoryId: repositoryOf(ref),
      head: ref.commit,
      previousHead: ref.previousCommit ?? null,
    }));
    await requestFetches(tx, releaseId, operation.id, wanted);
  }
  return succeeded(operation, releaseId);
}
