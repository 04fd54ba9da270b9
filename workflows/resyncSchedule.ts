import { scmTaskQueue } from './fetchStart.ts';
import type { resync } from './resync.ts';

const SCHEDULE_ID_PREFIX = 'resync:';

/** Soon enough for somebody who has just renewed a token, seldom enough for the host that it is renewed for. */
const EVERY_MS = 15 * 60_000;
/** Hundreds of repositories must not ask one host in the same second. */
const JITTER_MS = 2 * 60_000;
/** A pass that was missed longer ago than this is not made up: the next one does its work. */
const CATCHUP_MS = 60_000;
/** A pass starts fetches and waits for none; one that hangs would keep the later ones away (overlap SKIP). */
const PASS_TIMEOUT_MS = 10 * 60_000;

export type ResyncRepository = Readonly<{
  repositoryId: string;
  repositoryName: string;
  organizationSlug: string;
}>;

export function resyncScheduleId(repositoryId: string): string {
  return SCHEDULE_ID_PREFIX + repositoryId;
}

/** The repository that a schedule belongs to; null for schedules of other work. */
export function resyncRepositoryId(scheduleId: string): string | null {
  return /^resync:(\d{1,18})$/.exec(scheduleId)?.[1] ?? null;
}

/** How long until the next pass has surely begun. */
export function msToNextResync(nowMs: number): number {
  return EVERY_MS - (nowMs % EVERY_MS) + JITTER_MS;
}

/** The schedule of a repository, made by whoever finds it missing. */
export function resyncSchedule({
  repositoryId,
  repositoryName,
  organizationSlug,
}: ResyncRepository) {
  const scheduleId = resyncScheduleId(repositoryId);
  return {
    scheduleId,
    spec: { intervals: [{ every: EVERY_MS }], jitter: JITTER_MS },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'resync',
      workflowId: scheduleId,
      taskQueue: scmTaskQueue,
      args: [{ repositoryId }] satisfies Parameters<typeof resync>,
      workflowExecutionTimeout: PASS_TIMEOUT_MS,
      staticSummary: `${organizationSlug} ${repositoryName}: fetch what is missing`,
    },
    policies: { overlap: 'SKIP' as const, catchupWindow: CATCHUP_MS },
  };
}
