import type { OutboxEvent } from '../../domain/outboxEvents.ts';
import type { RecordDeployCommand } from '../../domain/releaseCommands.ts';

type NewRelease = Readonly<{
  version: string;
  ref: string | null;
  url: string | null;
  dateReleased: string | null;
}>;

/** A release came into being; one that is out already is finalized with that. */
export function releaseCreated(release: NewRelease, projectIds: readonly string[]): OutboxEvent[] {
  const { version, dateReleased } = release;
  const created: OutboxEvent = { type: 'release.created', projectIds, payload: { release } };
  return dateReleased === null
    ? [created]
    : [created, releaseFinalized({ version, dateReleased }, projectIds)];
}

/** A release got its date: it is out. */
export function releaseFinalized(
  release: Readonly<{ version: string; dateReleased: string }>,
  projectIds: readonly string[],
): OutboxEvent {
  return { type: 'release.finalized', projectIds, payload: { release } };
}

export function deployCreated(
  version: string,
  deploy: Readonly<{ id: string; dateFinished: string }> &
    Pick<RecordDeployCommand, 'environment' | 'name' | 'url' | 'dateStarted'>,
  projectIds: readonly string[],
): OutboxEvent {
  const { id, environment, name, url, dateStarted, dateFinished } = deploy;
  return {
    type: 'deploy.created',
    projectIds,
    payload: {
      release: { version },
      deploy: { id, environment, name, url, dateStarted, dateFinished },
    },
  };
}
