import type { ReleaseKey } from '../../domain/operation.ts';
import type { CreateReleaseCommand } from '../../domain/releaseCommands.ts';
import { resolvePendingResolutions } from '../../db/groups/resolvePendingResolutions.ts';
import {
  insertRelease,
  insertReleaseActivity,
  linkProjects,
} from '../../db/releases/createRelease.ts';
import { lockLinkedRelease, type LinkedRelease } from '../../db/releases/lockLinkedRelease.ts';
import { bumpRevision, patchRelease } from '../../db/releases/updateRelease.ts';
import type { Transaction } from '../../db/pool.ts';
import type { Announce } from '../outbox/outboxRelay.ts';
import { releaseCreated } from '../outbox/releaseEvents.ts';
import type { StepApplier, StepOutcome } from './applyRun.ts';
import { commandOf } from './outcomes.ts';

/**
 * Creates the release or joins what exists (releases-api 3.1 and 3.6): for an existing one only the status and new
 * project links count. Repeats cost no statement: the locked row already says that there is nothing to do.
 */
export const createRelease =
  (announce: Announce): StepApplier =>
  async (tx, key, operations) => {
    let release = await lockLinkedRelease(tx, key);
    let creation: CreateReleaseCommand | null = null;
    const outcomes: StepOutcome[] = [];
    for (const operation of operations) {
      const command = commandOf(operation, operation.body.createRelease);
      const created = release === null ? await insertRelease(tx, key, command) : null;
      // Only another organization-wide writer (an event that names the version) can have been faster: take its row.
      release ??= created === null ? await lockAgain(tx, key) : newRelease(created, command);
      const isCreated = created !== null;
      if (isCreated) creation = command;
      if (!isCreated && command.status !== null && command.status !== release.status) {
        await patchRelease(tx, release.id, { ...nothing, status: command.status }, 0);
        release = { ...release, status: command.status };
      }
      const newLinks = await linkNewProjects(tx, release, command, isCreated);
      release = { ...release, projectIds: [...release.projectIds, ...newLinks] };
      const counts = newLinks.length > 0 || (isCreated && command.family === 'organization');
      outcomes.push({
        id: operation.id,
        outcome: { status: counts ? 201 : 208, releaseId: release.id },
      });
    }
    if (release !== null) await bumpRevision(tx, release.id, operations.length);
    if (release !== null && creation !== null) {
      // Issues that wait for "the next release" have found it (groups-projects-orgs 1.7).
      await resolvePendingResolutions(tx, [release.id]);
      const { ref, url, dateReleased } = creation;
      const { version } = key;
      const events = releaseCreated({ version, ref, url, dateReleased }, release.projectIds);
      await announce(tx, key.organizationId, events);
    }
    return outcomes;
  };

const nothing = { status: null, ref: null, url: null, dateReleased: null } as const;

async function lockAgain(tx: Transaction, key: ReleaseKey): Promise<LinkedRelease> {
  const release = await lockLinkedRelease(tx, key);
  if (release === null) throw new Error('The release vanished between its insert and its lock');
  return release;
}

function newRelease(id: string, command: CreateReleaseCommand): LinkedRelease {
  return {
    id,
    status: command.status ?? 'open',
    dateReleased: command.dateReleased,
    projectIds: [],
  };
}

/** The organization endpoint announces a released version to every new project, the project endpoint only when it created it. */
async function linkNewProjects(
  tx: Transaction,
  release: LinkedRelease,
  command: CreateReleaseCommand,
  isCreated: boolean,
): Promise<string[]> {
  const wanted = command.projectIds.filter((id) => !release.projectIds.includes(id));
  if (wanted.length === 0) return [];
  const linked = await linkProjects(tx, release.id, wanted);
  if (release.dateReleased !== null && (command.family === 'organization' || isCreated)) {
    await insertReleaseActivity(tx, release.id, linked);
  }
  return linked;
}
