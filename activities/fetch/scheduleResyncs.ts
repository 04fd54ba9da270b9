import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleSummary,
} from '@temporalio/client';
import {
  listRepositoriesToForget,
  listRepositoriesToSchedule,
} from '../../db/sync/resyncRepositories.ts';
import type { Pool } from '../../db/pool.ts';
import {
  resyncRepositoryId,
  resyncSchedule,
  resyncScheduleId,
  type ResyncRepository,
} from '../../workflows/resyncSchedule.ts';
import { heartbeating } from '../heartbeating.ts';

export type ScheduleResyncsResult = Readonly<{
  created: number;
  updated: number;
  removed: number;
}>;

export type ScheduleResyncsActivities = {
  /** Gives every repository that commits can be fetched from its schedule, and takes it from the others. */
  scheduleResyncs(): Promise<ScheduleResyncsResult>;
};

/** A pass has its limits; the next one goes on where it ended. */
const CHANGES_MAX = 500;
/** Far above what one installation fetches from, and a list of ids that still fits in a statement. */
const SCHEDULES_MAX = 20_000;

type Dependencies = Readonly<{ pool: Pool; client: Client }>;

/** Repeating it, or two passes at once, change nothing more; an operator's pause is kept. */
export function scheduleResyncs(deps: Dependencies): Promise<ScheduleResyncsResult> {
  return heartbeating(async (beat) => {
    // Before the repositories: one with a schedule is then surely in the table, if it is there at all.
    const known = await listSchedules(deps.client);
    const ids = [...known.keys()];
    const missing = await listRepositoriesToSchedule(deps.pool, ids, CHANGES_MAX);
    const gone = await listRepositoriesToForget(deps.pool, ids, CHANGES_MAX);
    const outdated = [...known].filter(([, schedule]) => isOutdated(schedule));
    for (const repository of missing) {
      await create(deps.client, repository);
      beat('creating');
    }
    for (const [repositoryId] of outdated.slice(0, CHANGES_MAX)) {
      await update(deps.client, repositoryId);
      beat('updating');
    }
    for (const repositoryId of gone) {
      await remove(deps.client, repositoryId);
      beat('removing');
    }
    return { created: missing.length, updated: outdated.length, removed: gone.length };
  });
}

/** By repository. The list lags behind by moments, so that everything done about it must be harmless. */
async function listSchedules(client: Client): Promise<Map<string, ScheduleSummary>> {
  const known = new Map<string, ScheduleSummary>();
  for await (const schedule of client.schedule.list()) {
    const repositoryId = resyncRepositoryId(schedule.scheduleId);
    if (repositoryId !== null) known.set(repositoryId, schedule);
    if (known.size === SCHEDULES_MAX) break;
  }
  return known;
}

/** Made by a version of this program that had another rhythm. */
function isOutdated({ spec }: ScheduleSummary): boolean {
  const wanted = resyncSchedule({ repositoryId: '', repositoryName: '', organizationSlug: '' });
  return spec?.intervals?.[0]?.every !== wanted.spec.intervals[0]?.every;
}

async function create(client: Client, repository: ResyncRepository): Promise<void> {
  try {
    await client.schedule.create(resyncSchedule(repository));
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function update(client: Client, repositoryId: string): Promise<void> {
  const handle = client.schedule.getHandle(resyncScheduleId(repositoryId));
  try {
    await handle.update((previous) => ({
      ...previous,
      spec: resyncSchedule({ repositoryId, repositoryName: '', organizationSlug: '' }).spec,
    }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

async function remove(client: Client, repositoryId: string): Promise<void> {
  try {
    await client.schedule.getHandle(resyncScheduleId(repositoryId)).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
