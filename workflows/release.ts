import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ReleaseActivities } from '../activities/release/releaseActivities.ts';
import { planRuns, type ReleaseKey, type Run } from '../domain/operation.ts';
import {
  DrainResult,
  drainUpdate,
  nudgeSignal,
  pauseSignal,
  resumeSignal,
  stateQuery,
} from './messages.ts';
import { bulkPolicy, dbPolicy } from './retryPolicies.ts';
import { slipwayProject, slipwayState } from './searchAttributes.ts';

/**
 * Thresholds travel in the input and not in the code: changing a constant would break the replay of running workflows.
 */
export type ReleaseInput = Readonly<{
  release: ReleaseKey;
  /** Quiet time after which the workflow completes; the next command starts it again. */
  idleMs: number;
  /** History length at which it continues as new: replay is superlinear, 1,000 events replay in well under a second. */
  maxEvents: number;
  /** From this many commits on a run is a regular activity in chunks instead of a local one. */
  bulkSize: number;
  carried?: Readonly<{ paused: boolean; revision: number; projects: readonly string[] }>;
}>;

const local = proxyLocalActivities<ReleaseActivities>(dbPolicy);
const bulk = proxyActivities<ReleaseActivities>(bulkPolicy);

/**
 * The actor of one release. Its mailbox is the operation table; a `drain` says "look", nothing more.
 *
 *   waiting ──drain/nudge──▶ pass: nextOperations, then one activity for each run of equal steps ──▶ waiting
 *   waiting ──idle──▶ completed          (the next drain starts a new run: update-with-start)
 *   pass done ──history long──▶ closing: answer `again` to whoever waits ──▶ continued as new
 *   waiting ──pause──▶ paused: drains answer at once ──resume──▶ waiting
 *
 * A drain takes a ticket and is answered by the first pass that starts after it, so an operation that was stored
 * before its drain was sent has always been tried when the drain answers.
 */
export async function release(input: ReleaseInput): Promise<void> {
  const { paused = false, revision = 0, projects = [] } = input.carried ?? {};
  const actor = new ReleaseActor(input, paused, revision, projects);
  await actor.run();
}

class ReleaseActor {
  /** Tickets given out, and the newest ticket that a finished pass covers. */
  private wanted = 0;
  private served = 0;
  private closing = false;
  private idle = false;
  private current: string | null = null;
  private waiting = 0;
  private lastError: string | null = null;
  private lastActiveAt = Date.now();
  private readonly input: ReleaseInput;
  private paused: boolean;
  private revision: number;
  private projects: readonly string[];

  constructor(input: ReleaseInput, paused: boolean, revision: number, projects: readonly string[]) {
    this.input = input;
    this.paused = paused;
    this.revision = revision;
    this.projects = projects;
    setHandler(drainUpdate, () => this.drain());
    setHandler(nudgeSignal, () => {
      this.wanted += 1;
    });
    setHandler(pauseSignal, () => this.setPaused(true));
    setHandler(resumeSignal, () => this.setPaused(false));
    setHandler(stateQuery, () => ({
      revision: this.revision,
      waiting: this.waiting,
      current: this.current,
      paused: this.paused,
      lastError: this.lastError,
    }));
  }

  async run(): Promise<void> {
    const watchdog = this.watchIdle();
    for (;;) {
      await condition(() => this.hasWork() || this.idle);
      if (this.hasWork()) {
        await this.pass();
        if (this.isHistoryLong()) await this.continueAsNew();
        continue;
      }
      // A drain that is still being answered would fail with its workflow; one that just came in is served first.
      await condition(() => allHandlersFinished() || this.hasWork());
      if (!this.hasWork()) break;
    }
    await watchdog;
  }

  private hasWork(): boolean {
    return this.wanted > this.served && !this.paused;
  }

  private async drain(): Promise<DrainResult> {
    if (this.closing) return DrainResult.again;
    if (this.paused) return DrainResult.paused;
    this.wanted += 1;
    const ticket = this.wanted;
    await condition(() => this.served >= ticket || this.closing || this.paused);
    if (this.served >= ticket) {
      return this.lastError === null ? DrainResult.drained : DrainResult.failed;
    }
    return this.closing ? DrainResult.again : DrainResult.paused;
  }

  /** Empties the mailbox once. Never throws: an actor that fails would take its release down with it. */
  private async pass(): Promise<void> {
    const covers = this.wanted;
    this.lastActiveAt = Date.now();
    try {
      let more = true;
      while (more && !this.paused) {
        const page = await local.nextOperations({ release: this.input.release });
        this.waiting = page.operations.length;
        this.publishProjects(page.projects);
        for (const run of planRuns(page.operations)) await this.apply(run);
        more = page.more;
      }
      this.lastError = null;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.lastError = rootMessage(error);
      log.warn('Operations stay pending until the reconciler retries them', {
        error: this.lastError,
      });
    }
    this.current = null;
    this.waiting = 0;
    this.served = covers;
    this.describe();
  }

  private async apply(run: Run): Promise<void> {
    this.current = `${run.step} × ${run.operationIds.length}`;
    this.describe();
    const activities = run.size > this.input.bulkSize ? bulk : local;
    const { applied } = await activities[run.step]({
      release: this.input.release,
      operationIds: run.operationIds,
    });
    this.revision += applied;
    this.waiting = Math.max(0, this.waiting - applied);
  }

  private isHistoryLong(): boolean {
    const info = workflowInfo();
    return info.continueAsNewSuggested || info.historyLength > this.input.maxEvents;
  }

  /** Releases every waiting drain first: accepted updates do not survive the change of run. */
  private async continueAsNew(): Promise<never> {
    this.closing = true;
    await condition(allHandlersFinished);
    return await continueAsNew<typeof release>({
      ...this.input,
      carried: { paused: this.paused, revision: this.revision, projects: this.projects },
    });
  }

  /** One coarse timer for the remaining quiet time: a timer for each command would write two events each. */
  private async watchIdle(): Promise<void> {
    for (;;) {
      const remainingMs = this.lastActiveAt + this.input.idleMs - Date.now();
      // A paused release must stay visible to the operator who paused it.
      if (remainingMs <= 0 && !this.paused && !this.hasWork()) {
        this.idle = true;
        return;
      }
      await sleep(Math.max(remainingMs, MIN_IDLE_CHECK_MS));
    }
  }

  private setPaused(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.wanted += 1;
    upsertSearchAttributes([{ key: slipwayState, value: paused ? 'paused' : 'active' }]);
    this.describe();
  }

  /** Each upsert is an event, so only when the set has changed. */
  private publishProjects(projects: readonly string[]): void {
    if (projects.join() === this.projects.join()) return;
    this.projects = projects;
    upsertSearchAttributes([{ key: slipwayProject, value: [...projects] }]);
  }

  /** What the Web UI shows on the workflow's page. */
  private describe(): void {
    const doing = this.paused ? 'Paused by an operator' : (this.current ?? 'Waiting for commands');
    const error = this.lastError === null ? '' : `\n\nLast error: ${this.lastError}`;
    setCurrentDetails(`**${doing}**\n\n${this.waiting} waiting, ${this.revision} applied.${error}`);
  }
}

/** The idle check waits at least this long, so that a paused release does not spin on its timer. */
const MIN_IDLE_CHECK_MS = 1_000;

function rootMessage(error: ActivityFailure): string {
  const cause = error.cause;
  return cause instanceof ApplicationFailure || cause instanceof Error
    ? cause.message
    : error.message;
}
