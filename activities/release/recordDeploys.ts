import {
  announceDeploys,
  countDeploys,
  ensureEnvironments,
  findRecentDeploys,
  insertDeploys,
  linkDeploys,
  type NewDeploy,
} from '../../db/releases/recordDeploys.ts';
import { lockLinkedRelease, type LinkedRelease } from '../../db/releases/lockLinkedRelease.ts';
import type { ClaimedOperation } from '../../db/operations/claimOperations.ts';
import type { Transaction } from '../../db/pool.ts';
import type { ReleaseKey } from '../../domain/operation.ts';
import type { RecordDeployCommand } from '../../domain/releaseCommands.ts';
import type { Announce } from '../outbox/outboxRelay.ts';
import { deployCreated } from '../outbox/releaseEvents.ts';
import type { StepApplier, StepOutcome } from './applyRun.ts';
import { commandOf, refused, releaseGone } from './outcomes.ts';

/**
 * A client that hears nothing sends its deploy again: sentry-cli up to six times within about 70 s, the `sentry` CLI
 * three times within about 95 s (clients 2.6). Two minutes cover both; longer would swallow a deliberate second deploy.
 */
const RETRY_WINDOW_SECONDS = 120;

/** Records the deploys of a run with the same few statements for one or for thirty. */
export const recordDeploys =
  (announce: Announce): StepApplier =>
  async (tx, key, operations) => {
    const release = await lockLinkedRelease(tx, key);
    if (release === null) return operations.map(releaseGone);

    const accepted: { operation: ClaimedOperation; command: RecordDeployCommand }[] = [];
    const outcomes: StepOutcome[] = [];
    for (const operation of operations) {
      const command = commandOf(operation, operation.body.recordDeploys);
      const foreign = command.projectIds?.filter((id) => !release.projectIds.includes(id)) ?? [];
      if (foreign.length > 0) {
        outcomes.push(refused(operation, projectsLeft(key)));
      } else {
        accepted.push({ operation, command });
      }
    }
    const deployIds = await storeDeploys(tx, key, release, accepted, announce);
    for (const [index, { operation }] of accepted.entries()) {
      const deployId = deployIds[index];
      if (deployId === undefined) throw new TypeError('A deploy has no id');
      outcomes.push({
        id: operation.id,
        outcome: { status: 201, releaseId: release.id, deployId },
      });
    }
    return outcomes;
  };

/** The API has checked the projects; they were taken from the release since (releases-api 9.1). */
function projectsLeft({ version }: ReleaseKey): Record<string, unknown> {
  return {
    detail: {
      code: 'parameter-validation-error',
      message: `Invalid projects for release ${version}`,
      extra: { context: '' },
    },
  };
}

/** Answers the deploy id of every command: a new one, or the stored one that it repeats. */
async function storeDeploys(
  tx: Transaction,
  key: ReleaseKey,
  release: LinkedRelease,
  accepted: readonly { command: RecordDeployCommand }[],
  announce: Announce,
): Promise<string[]> {
  const commands = accepted.map(({ command }) => command);
  const unkeyed = commands.filter((command) => !command.hasIdempotencyKey);
  const known = await findRecentDeploys(
    tx,
    release.id,
    unkeyed.map((command) => command.fingerprint),
    RETRY_WINDOW_SECONDS,
  );
  const environments = await ensureEnvironments(
    tx,
    key.organizationId,
    commands.map((command) => command.environment),
  );

  // Which new deploy, by its position, or which stored one answers each command.
  const fresh: (NewDeploy & Pick<RecordDeployCommand, 'environment'>)[] = [];
  const positions = new Map<string, number>();
  const answers = commands.map((command): { id: string } | { position: number } => {
    const repeats = command.hasIdempotencyKey ? undefined : command.fingerprint;
    const stored = repeats === undefined ? undefined : known.get(repeats);
    if (stored !== undefined) return { id: stored };
    const sameRun = repeats === undefined ? undefined : positions.get(repeats);
    if (sameRun !== undefined) return { position: sameRun };
    const environmentId = environments.get(command.environment);
    if (environmentId === undefined) throw new TypeError('An environment has no id');
    const position =
      fresh.push({
        ...command,
        environmentId,
        projectIds: command.projectIds ?? release.projectIds,
      }) - 1;
    if (repeats !== undefined) positions.set(repeats, position);
    return { position };
  });

  const inserted = await insertDeploys(tx, key.organizationId, release.id, fresh);
  const ids = inserted.map((deploy) => deploy.id);
  const links = fresh.flatMap(({ environmentId, projectIds }, position) =>
    projectIds.map((projectId) => ({ environmentId, projectId, deployId: ids[position] ?? '' })),
  );
  await linkDeploys(tx, release.id, links);
  await countDeploys(tx, release.id, ids, accepted.length);
  await announceDeploys(tx, release.id);
  const events = inserted.flatMap((stored, position) => {
    const deploy = fresh[position];
    if (deploy === undefined) return [];
    return deployCreated(key.version, { ...deploy, ...stored }, deploy.projectIds);
  });
  await announce(tx, key.organizationId, events);
  return answers.map((answer) => ('id' in answer ? answer.id : (ids[answer.position] ?? '')));
}
