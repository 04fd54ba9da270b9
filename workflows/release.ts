import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { MailboxPage, ReleaseActivities } from '../activities/release/releaseActivities.ts';
import { planRuns, type ReleaseKey, type Run } from '../domain/operation.ts';
import {
  DrainResult,
  drainUpdate,
  nudgeSignal,
  pauseSignal,
  resumeSignal,
  stateQuery,
} from './messages.ts';
import { bulkPolicy, dbPolicy, passRetryDelayMs } from './retryPolicies.ts';
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
  /** With more commits than this a run is a regular activity in chunks instead of a local one. */
  bulkSize: number;
  carried?: Readonly<{ paused: boolean; revision: number; projects: readonly string[] }>;
}>;

const local = proxyLocalActivities<ReleaseActivities>(dbPolicy);
const bulk = proxyActivities<ReleaseActivities>(bulkPolicy);

/**
 * The actor of one release. Its mailbox is the operation table; a `drain` says "look", nothing more.
 *
 *   start ──▶ pass: nextOperations, then one activity for each run of equal steps ──▶ waiting
 *   waiting ──drain/nudge──▶ pass
 *   pass failed ──back-off──▶ pass        (operations stay pending; whoever waits is told at once)
 *   waiting ──idle──▶ completed           (the next drain starts a new run: update-with-start)
 *   any ──history long──▶ closing: answer `again` to whoever waits ──▶ continued as new
 *   any ──pause──▶ paused after the activity in progress: drains answer at once ──resume──▶ pass
 *   any ──cancel──▶ cancelled after the activity in progress: drains fail, and their callers ask the next run
 *
 * Every run begins with a pass, because whoever started it may be gone: the API that sent the first drain, or the run
 * before this one with a nudge that it had no time for.
 *
 * A drain takes a ticket and is answered by the first pass that starts after it, so an operation that was stored
 * before its drain was sent has always been tried when the drain answers.
 */
export async function release(input: ReleaseInput): Promise<void> {
  const actor = new ReleaseActor(input);
  await actor.run();
}

class ReleaseActor {
  /** Tickets given out, and the newest ticket that a finished pass covers. The first one is the run's own. */
  private wanted = 1;
  private served = 0;
  private closing = false;
  private working = false;
  /** Set by the idle watch, taken back by the next pass. */
  private idle = false;
  /** Passes that failed in a row. */
  private failures = 0;
  private current: string | null = null;
  private waiting = 0;
  private lastError: string | null = null;
  private lastActiveAt = Date.now();
  private readonly input: ReleaseInput;
  private paused: boolean;
  private revision: number;
  private projects: readonly string[];

  constructor(input: ReleaseInput) {
    this.input = input;
    this.paused = input.carried?.paused ?? false;
    this.revision = input.carried?.revision ?? 0;
    this.projects = input.carried?.projects ?? [];
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
    this.describe();
  }

  async run(): Promise<void> {
    // Nobody awaits the watch, so a cancellation must not reject it; the end of the run ends it.
    void CancellationScope.nonCancellable(() => this.watchIdle());
    for (;;) {
      await this.waitForTurn();
      if (this.hasWork()) await this.pass();
      if (this.isHistoryLong()) await this.continueAsNew();
      if (!this.isQuiet()) continue;
      // A drain that is being answered would fail with its workflow; one that just came in is served first.
      await condition(() => allHandlersFinished() || !this.isQuiet());
      if (this.isQuiet()) return;
    }
  }

  private hasWork(): boolean {
    return this.wanted > this.served && !this.paused;
  }

  /** A paused release must stay visible to the operator who paused it, a failing one until it has recovered. */
  private isQuiet(): boolean {
    return this.idle && this.wanted === this.served && !this.paused && this.failures === 0;
  }

  /** After a failed pass the actor tries again by itself, on a timer that outlives its worker. */
  private async waitForTurn(): Promise<void> {
    const isTurn = (): boolean => this.hasWork() || this.isQuiet() || this.isHistoryLong();
    if (this.failures === 0 || this.paused) return condition(isTurn);
    const isWoken = await condition(() => isTurn() || this.paused, passRetryDelayMs(this.failures));
    if (!isWoken) this.wanted += 1;
  }

  private async drain(): Promise<DrainResult> {
    const refusal = this.refusal();
    if (refusal !== null) return refusal;
    this.wanted += 1;
    const ticket = this.wanted;
    await condition(() => this.served >= ticket || this.refusal() !== null);
    if (this.served < ticket) return this.refusal() ?? DrainResult.again;
    return this.lastError === null ? DrainResult.drained : DrainResult.failed;
  }

  /** Why a drain cannot wait for a pass of this run. */
  private refusal(): DrainResult | null {
    if (this.closing) return DrainResult.again;
    return this.paused ? DrainResult.paused : null;
  }

  /** Tries everything in the mailbox once. Does not fail: an actor that does would take its release down with it. */
  private async pass(): Promise<void> {
    const covers = this.wanted;
    this.working = true;
    this.idle = false;
    try {
      const isComplete = await this.emptyMailbox();
      this.failures = 0;
      this.lastError = null;
      // A pause in mid-pass leaves its tickets open: their drains answer `paused`, and resuming begins a new pass.
      if (isComplete) this.served = covers;
    } catch (error) {
      // A local activity fails with its bare cause: an ApplicationFailure here would fail the release.
      if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
      this.failures += 1;
      this.lastError = rootMessage(error);
      this.served = covers;
      log.warn('A pass failed; its operations stay pending', { error: this.lastError });
    }
    this.working = false;
    this.current = null;
    this.lastActiveAt = Date.now();
    this.describe();
  }

  /** False when a pause came in between. */
  private async emptyMailbox(): Promise<boolean> {
    let until: string | null = null;
    do {
      const page: MailboxPage = await local.nextOperations({ release: this.input.release, until });
      this.waiting = page.waiting;
      this.publishProjects(page.projects);
      for (const run of planRuns(page.operations, this.input.bulkSize)) {
        if (this.paused) return false;
        await this.apply(run);
      }
      until = page.until;
    } while (until !== null);
    return true;
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
    return continueAsNew<typeof release>({
      ...this.input,
      carried: { paused: this.paused, revision: this.revision, projects: this.projects },
    });
  }

  /**
   * One coarse timer for the remaining quiet time: a timer for each command would write two events each. None runs
   * while the release is at work, paused or failing, however long that takes.
   */
  private async watchIdle(): Promise<void> {
    for (;;) {
      await condition(() => !this.working && !this.paused && this.failures === 0 && !this.idle);
      const remainingMs = this.lastActiveAt + this.input.idleMs - Date.now();
      if (remainingMs > 0) await sleep(remainingMs);
      else this.idle = true;
    }
  }

  private setPaused(paused: boolean): void {
    if (paused === this.paused) return;
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
    const doing = this.current ?? (this.paused ? 'Paused by an operator' : 'Waiting for commands');
    const error = this.lastError === null ? '' : `\n\nLast error: ${this.lastError}`;
    setCurrentDetails(`**${doing}**\n\n${this.waiting} waiting, ${this.revision} applied.${error}`);
  }
}

function rootMessage(error: TemporalFailure): string {
  return error instanceof ActivityFailure ? (error.cause?.message ?? error.message) : error.message;
}
