import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

/** How the mailbox was left when a drain answers. */
export const DrainResult = {
  /** Everything that was in the mailbox when the drain arrived has been tried. */
  drained: 'drained',
  /** This run is closing (continue-as-new): ask again, the next run answers. */
  again: 'again',
  /** An operator has paused the release: operations wait in the mailbox. */
  paused: 'paused',
  /** The activities could not do their work for now; the operations stay pending. */
  failed: 'failed',
} as const;
export type DrainResult = (typeof DrainResult)[keyof typeof DrainResult];

/** Carries nothing: the mailbox is the operation table (ADR 0003). */
export const drainUpdate = defineUpdate<DrainResult>('drain');

/** Look into the mailbox; unlike an update it needs no live worker to be accepted. */
export const nudgeSignal = defineSignal('nudge');
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');

export type ReleaseState = Readonly<{
  /** Operations applied by this run and those before it. */
  revision: number;
  /** Operations seen in the mailbox and not applied yet. */
  waiting: number;
  /** The activity in progress, in words. */
  current: string | null;
  paused: boolean;
  lastError: string | null;
}>;

export const stateQuery = defineQuery<ReleaseState>('state');

/** A push webhook has named the repository of a fetch that waits for a commit. */
export const pushedSignal = defineSignal('pushed');
/** An operator does not want to wait for the next try. */
export const retryNowSignal = defineSignal('retryNow');
