import type { ReleaseKey } from '../../domain/operation.ts';
import type { Transaction } from '../pool.ts';
import { listLinkedProjects } from './listLinkedProjects.ts';
import { lockRelease, type LockedRelease } from './lockRelease.ts';

export type LinkedRelease = LockedRelease & Readonly<{ projectIds: readonly string[] }>;

/** Locks a release and reads its projects, which most of its writes need not know. */
export async function lockLinkedRelease(
  tx: Transaction,
  key: ReleaseKey,
): Promise<LinkedRelease | null> {
  const release = await lockRelease(tx, key);
  return release && { ...release, projectIds: await listLinkedProjects(tx, release.id) };
}
