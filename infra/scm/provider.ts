import type { CommitRecord } from './commitRecord.ts';

/** A repository as the organization has configured it. */
export type ScmRepository = Readonly<{
  /** Spelled like this in commit records and in messages. */
  name: string;
  url: string | null;
  /** Read access; without one only public repositories answer. */
  token?: string | null;
  /** Where the API is when it cannot be told from the URL (GitLab below a path, a gateway). */
  apiUrl?: string | null;
  /** The host's own id of the repository, which survives renames (GitLab: the project id). */
  externalId?: string | null;
}>;

export type ScmContext = Readonly<{
  signal: AbortSignal;
  /** Called while work goes on, at the least every 15 seconds: one request or one step of git takes no longer. */
  heartbeat: () => void;
}>;

/** Both ends may be anything that `resolveCommit` takes. No base: the recent commits up to the head. */
export type CommitRange = Readonly<{ base: string | null; head: string }>;

export type ResolvedCommit = Readonly<{ sha: string }> | Readonly<{ unknown: true }>;

/**
 * `given`: as asked. `merge_base`: history was rewritten, and the range starts where old and new part.
 * `recent`: there was no base, or it is gone, and the host cannot tell where the histories part.
 */
export type BaseChoice = 'given' | 'merge_base' | 'recent';

export type RangeOutcome = Readonly<{
  head: string;
  /** Full sha of the commit before the first one of the range; null for `recent`. */
  base: string | null;
  baseChoice: BaseChoice;
  /** Why the range does not start where it was asked to. */
  baseNote: string | null;
  /** Commits handed out so far. */
  listed: number;
  /** Commits of the range; null while unknown. */
  total: number | null;
  /** What was left out and why. Nothing is ever left out without an entry here. */
  limits: readonly RangeLimit[];
}>;

export type RangeLimit = Readonly<{
  kind: 'commits' | 'files' | 'history' | 'text';
  /** How many commits are missing, or incomplete; null when nobody can tell. */
  affected: number | null;
  reason: string;
}>;

export type CommitPage = Readonly<{
  /** Newest first, within the page and across pages. */
  commits: readonly CommitRecord[];
  /** Opaque text of less than 4 kB: `listRange` goes on after this page with it. Null after the last page. */
  cursor: string | null;
  /** As known so far; final on the last page. */
  outcome: RangeOutcome;
}>;

/**
 * One kind of SCM host (releases-api 6). Providers do not retry: whoever calls them does, with the cursor of the
 * last page. All methods throw ScmError, or the reason of the aborted signal.
 */
export type ScmProvider = Readonly<{
  /** The full sha of a tag, branch, short sha, full sha or `HEAD`. */
  resolveCommit: (
    repository: ScmRepository,
    ref: string,
    context: ScmContext,
  ) => Promise<ResolvedCommit>;
  /** There is always a last page, even when it is empty. An unusable cursor starts over. */
  listRange: (
    repository: ScmRepository,
    range: CommitRange,
    context: ScmContext,
    cursor?: string | null,
  ) => AsyncIterable<CommitPage>;
}>;

/** How many commits a release gets when nobody says where its range starts (releases-api 6). */
export const RECENT_COMMITS_MAX = 20;

/**
 * Longer ranges are cut to their newest commits. Real releases stay far below; what goes beyond is a range with a
 * wrong start, and its rows would sit in every page about the release.
 */
export const RANGE_COMMITS_MAX = 10_000;

/** Everything that was asked for is there. */
export function isComplete(outcome: RangeOutcome): boolean {
  return outcome.limits.length === 0;
}
