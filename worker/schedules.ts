import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { releaseTaskQueue } from '../workflows/releaseStart.ts';

/** A pass that was missed longer ago than this is not made up: the next one does its work. */
const CATCHUP_MS = 60_000;

const schedules: readonly ScheduleOptions[] = [
  {
    scheduleId: 'reconcile',
    spec: { intervals: [{ every: 60_000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcile',
      workflowId: 'reconcile',
      taskQueue: releaseTaskQueue,
      args: [],
      // A pass that hangs would keep every later one away (overlap SKIP).
      workflowExecutionTimeout: 5 * 60_000,
      staticSummary: 'Wakes releases whose operations have waited',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_MS },
  },
  {
    scheduleId: 'schedule-resyncs',
    // Repositories made through the API have theirs at once; this pass is for all other ways.
    spec: { intervals: [{ every: 5 * 60_000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduleResyncs',
      workflowId: 'schedule-resyncs',
      taskQueue: releaseTaskQueue,
      args: [],
      workflowExecutionTimeout: 15 * 60_000,
      staticSummary: 'Gives every repository its re-sync schedule',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_MS },
  },
  {
    scheduleId: 'expire-resolutions',
    // People ignore issues for minutes and hours; a minute late is on time.
    spec: { intervals: [{ every: 60_000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'expireResolutions',
      workflowId: 'expire-resolutions',
      taskQueue: releaseTaskQueue,
      args: [],
      workflowExecutionTimeout: 10 * 60_000,
      staticSummary:
        'Reopens issues that were ignored until now, settles those that wait for a release',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_MS },
  },
  {
    scheduleId: 'retention',
    // Little and often: a day's worth at once would be felt by everybody else.
    spec: { intervals: [{ every: 3_600_000 }], jitter: 5 * 60_000 },
    action: {
      type: 'startWorkflow',
      workflowType: 'retention',
      workflowId: 'retention',
      taskQueue: releaseTaskQueue,
      args: [],
      // What is left then is the next pass's.
      workflowExecutionTimeout: 50 * 60_000,
      staticSummary: 'Deletes what is too old or removed, resolves issues that nobody has any more',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_MS },
  },
];

/** Creates the schedules or brings them up to date; an operator's pause is kept. */
export async function ensureSchedules(client: Client): Promise<void> {
  for (const schedule of schedules) {
    try {
      await client.schedule.create(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await client.schedule.getHandle(schedule.scheduleId).update(({ state }) => ({
        spec: schedule.spec,
        action: schedule.action,
        policies: schedule.policies ?? {},
        state,
      }));
    }
  }
}
