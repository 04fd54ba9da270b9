import {
  ActivityFailure,
  condition,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  FetchRangeActivities,
  FetchStateActivities,
  FetchTarget,
} from '../activities/fetch/fetchActivities.ts';
import type { ReleaseKey } from '../domain/operation.ts';
import { pushedSignal, retryNowSignal } from './messages.ts';
import { dbPolicy, scmPolicy } from './retryPolicies.ts';

/** Times travel in the input: changing a constant would break the replay of running workflows. */
export type FetchInput = Readonly<{
  release: ReleaseKey;
  organizationSlug: string;
  releaseId: string;
  operationId: string;
  /** How long failures of the host are tried again. */
  retryForMs: number;
  /** How long a head that the host does not know is waited for. */
  waitForPushMs: number;
  /** The first pause between looks for such a head; it doubles up to the second one. */
  pollMs: Readonly<{ first: number; longest: number }>;
}>;

const state = proxyLocalActivities<FetchStateActivities>(dbPolicy);
const scm = proxyActivities<FetchRangeActivities>(scmPolicy);

/**
 * Fetches the commits that one operation's refs asked for and hands them to the release. Repositories are fetched side
 * by side, and what one of them brings does not wait for the others.
 *
 * For each repository: asked ──▶ fetched ──▶ submitted
 *                        │ host fails ──▶ pause (Retry-After, doubling; `retryNow` ends it) ──▶ asked
 *                        │ head unknown ──▶ pause (`pushed` ends it) ──▶ asked, until the deadline
 *                        └ refused for good, or out of time ──▶ failed, with the reason
 */
export async function fetchCommits(input: FetchInput): Promise<void> {
  const fetch = new Fetch(input);
  const repositories = await state.listFetchRepositories({
    releaseId: input.releaseId,
    operationId: input.operationId,
  });
  await Promise.all(repositories.map((repositoryId) => fetch.repository(repositoryId)));
}

class Fetch {
  private readonly input: FetchInput;
  private readonly startedAt = Date.now();
  /** Counts calls to look again at once; whoever pauses compares. */
  private wakes = 0;

  constructor(input: FetchInput) {
    this.input = input;
    setHandler(pushedSignal, () => this.wake());
    setHandler(retryNowSignal, () => this.wake());
  }

  async repository(repositoryId: string): Promise<void> {
    const { releaseId, operationId } = this.input;
    const target = { releaseId, repositoryId, operationId };
    try {
      const failure = await this.fetch(target);
      if (failure !== null) await state.failFetch({ ...target, reason: failure });
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const reason = error.cause?.message ?? error.message;
      log.warn('A fetch ended without its commits', { repositoryId, reason });
      await state.failFetch({ ...target, reason: `The fetch broke off: ${reason}` });
    }
  }

  /** Null when it came to an end; else why it was given up. */
  private async fetch(target: FetchTarget): Promise<string | null> {
    let pollMs = this.input.pollMs.first;
    for (;;) {
      setCurrentDetails('Asking the host');
      // A push that is told of during the attempt may have come after its look.
      const wakes = this.wakes;
      const result = await scm.fetchRange(target);
      switch (result.state) {
        case 'fetched':
          await state.submitFetchedCommits({
            release: this.input.release,
            organizationSlug: this.input.organizationSlug,
            releaseId: target.releaseId,
            runId: workflowInfo().runId,
          });
          return null;
        case 'ended':
          return null;
        case 'retry':
          if (this.elapsedMs() > this.input.retryForMs) return 'The host did not answer in time.';
          await this.pause(result.afterMs, wakes, 'the host failed');
          break;
        case 'waiting':
          if (this.elapsedMs() > this.input.waitForPushMs)
            return 'The commit was not pushed in time.';
          await this.pause(pollMs, wakes, 'the commit is not there yet');
          pollMs = Math.min(pollMs * 2, this.input.pollMs.longest);
          break;
      }
    }
  }

  private async pause(ms: number, wakes: number, why: string): Promise<void> {
    setCurrentDetails(
      `Pausing for ${Math.round(ms / 1_000)} s: ${why}. The signal \`retryNow\` ends the pause.`,
    );
    await condition(() => this.wakes > wakes, ms);
  }

  private wake(): void {
    this.wakes += 1;
  }

  private elapsedMs(): number {
    return Date.now() - this.startedAt;
  }
}
