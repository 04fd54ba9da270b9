import { insertReleaseActivity } from '../../db/releases/createRelease.ts';
import { listLinkedProjects } from '../../db/releases/listLinkedProjects.ts';
import { lockRelease } from '../../db/releases/lockRelease.ts';
import { patchRelease, type ReleasePatch } from '../../db/releases/updateRelease.ts';
import type { UpdateReleaseCommand } from '../../domain/releaseCommands.ts';
import type { Announce } from '../outbox/outboxRelay.ts';
import { releaseFinalized } from '../outbox/releaseEvents.ts';
import type { StepApplier } from './applyRun.ts';
import { commandOf, releaseGone, succeeded } from './outcomes.ts';

/**
 * Updates of one run fold into a single statement: the last sent value of each field wins, as if applied in order.
 * Only the first release date announces the release (releases-api 3.4).
 */
export const updateRelease =
  (announce: Announce): StepApplier =>
  async (tx, key, operations) => {
    const release = await lockRelease(tx, key);
    if (release === null) return operations.map(releaseGone);

    let patch: ReleasePatch = { status: null, ref: null, url: null, dateReleased: null };
    let finalizer: UpdateReleaseCommand | null = null;
    for (const operation of operations) {
      const command = commandOf(operation, operation.body.updateRelease);
      if (
        release.dateReleased === null &&
        patch.dateReleased === null &&
        command.dateReleased !== null
      ) {
        finalizer = command;
      }
      patch = {
        status: command.status ?? patch.status,
        ref: command.ref ?? patch.ref,
        url: command.url ?? patch.url,
        dateReleased: command.dateReleased ?? patch.dateReleased,
      };
    }
    await patchRelease(tx, release.id, patch, operations.length);
    if (finalizer !== null && patch.dateReleased !== null) {
      const projectIds = await listLinkedProjects(tx, release.id);
      const announced = finalizer.projectId === null ? projectIds : [finalizer.projectId];
      if (announced.length > 0) await insertReleaseActivity(tx, release.id, announced);
      const event = releaseFinalized(
        { version: key.version, dateReleased: patch.dateReleased },
        projectIds,
      );
      await announce(tx, key.organizationId, [event]);
    }
    return operations.map((operation) => succeeded(operation, release.id));
  };
