import type { ApiOptions } from './apiClient.ts';
import type { RawCommit } from './commitRecord.ts';
import { ScmError } from './errors.ts';
import { GitHubApi, type GitHubCommit, type GitHubComparison } from './githubApi.ts';
import { mapConcurrently } from './mapConcurrently.ts';
import {
  RANGE_COMMITS_MAX,
  RECENT_COMMITS_MAX,
  type CommitPage,
  type CommitRange,
  type ScmProvider,
} from './provider.ts';
import { RangeListing, startOutcome } from './rangeListing.ts';

/** The most that GitHub pages by. */
const PAGE_SIZE = 100;
/** Below what GitHub calls abuse, enough to hide the time of a request. */
const FILES_CONCURRENCY = 6;
/** Files cost a request per commit, and a token has 5,000 an hour for everything it is used for. */
const FILES_COMMITS_MAX = 1_000;

const limitReasons = {
  files: `GitHub is asked for the files of the newest ${FILES_COMMITS_MAX.toLocaleString('en')} commits only`,
  range: `a range is cut to its newest ${RANGE_COMMITS_MAX.toLocaleString('en')} commits`,
  unpaged: 'this version of GitHub compares at most 250 commits',
} as const;

/**
 * GitHub and GitHub Enterprise over REST. No client library: a fetch needs five calls, and only requests of our own
 * stay at the address that was checked.
 */
export function createGitHubProvider(options: ApiOptions): ScmProvider {
  return {
    resolveCommit: async (repository, ref, context) => {
      const sha = await new GitHubApi(repository, options, context).commitSha(ref);
      return sha === null ? { unknown: true } : { sha };
    },
    listRange: (repository, range, context, cursor) =>
      new GitHubRange(new GitHubApi(repository, options, context), repository.name, range).pages(
        cursor,
      ),
  };
}

/** One listing. GitHub tells a comparison oldest first, so its pages are read from the last to the first. */
class GitHubRange {
  private readonly api: GitHubApi;
  private readonly repository: string;
  private readonly range: CommitRange;

  constructor(api: GitHubApi, repository: string, range: CommitRange) {
    this.api = api;
    this.repository = repository;
    this.range = range;
  }

  async *pages(cursor: string | null | undefined): AsyncGenerator<CommitPage, void, undefined> {
    const { base } = this.range;
    const saved = RangeListing.read(this.range, cursor);
    if (saved !== null && base !== null) {
      const { baseChoice, base: savedBase } = saved.outcome;
      const listing = new RangeListing(this.range, this.repository, saved.outcome);
      // The same two commits as before, also when they have parted: other ends would have other pages.
      const from = baseChoice === 'given' ? (savedBase ?? base) : base;
      yield* this.comparedPages(listing, from, saved.position, null);
      return;
    }
    const head = await this.api.commitSha(this.range.head);
    if (head === null) {
      throw new ScmError('unknown_commit', { repository: this.repository, sha: this.range.head });
    }
    if (base === null) {
      yield* this.recent(head, null);
      return;
    }
    const first = await this.api.compare(base, head, 1, PAGE_SIZE);
    if (first === null) {
      yield* this.recent(
        head,
        `The start ${base} is not in the repository (any more), or has no history in common with ${this.range.head}.`,
      );
      return;
    }
    const listing = this.startComparison(base, head, first);
    const pageCount = Math.max(1, Math.ceil((listing.outcome.total ?? 0) / PAGE_SIZE));
    yield* this.comparedPages(
      listing,
      base,
      first.commits.length > PAGE_SIZE ? 1 : pageCount,
      first,
    );
  }

  private startComparison(base: string, head: string, first: GitHubComparison): RangeListing {
    const { status, base_commit: baseCommit, merge_base_commit: mergeBase } = first;
    const total = first.total_commits ?? first.commits.length;
    const baseSha = baseCommit?.sha ?? base;
    const isParted = status === 'diverged' && mergeBase && mergeBase.sha !== baseSha;
    const listing = new RangeListing(
      this.range,
      this.repository,
      startOutcome({
        head,
        total,
        base: isParted ? mergeBase.sha : baseSha,
        baseChoice: isParted ? 'merge_base' : 'given',
        baseNote: isParted
          ? `The start ${base} is not an ancestor of ${this.range.head}; the range starts where they part.`
          : null,
      }),
    );
    // More than was asked for: an old server that knows no pages, and lists no more than this.
    if (first.commits.length > PAGE_SIZE && total > first.commits.length) {
      listing.limit({
        kind: 'commits',
        affected: total - first.commits.length,
        reason: limitReasons.unpaged,
      });
    }
    return listing;
  }

  private async *comparedPages(
    listing: RangeListing,
    base: string,
    lastPage: number,
    first: GitHubComparison | null,
  ): AsyncGenerator<CommitPage, void, undefined> {
    const { head, total } = listing.outcome;
    for (let page = lastPage; page >= 1; page -= 1) {
      const known = page === 1 ? first : null;
      const comparison = known ?? (await this.api.compare(base, head, page, PAGE_SIZE));
      if (comparison === null) {
        throw new ScmError('unknown_commit', { repository: this.repository, sha: base });
      }
      const room = RANGE_COMMITS_MAX - listing.outcome.listed;
      const commits = comparison.commits.toReversed().slice(0, room);
      const isLast = page === 1 || commits.length === room;
      const listed = listing.outcome.listed + commits.length;
      if (listed >= RANGE_COMMITS_MAX && total !== null && total > listed) {
        listing.limit({ kind: 'commits', affected: total - listed, reason: limitReasons.range });
      }
      yield listing.page(await this.withFiles(commits, listing), isLast ? null : page - 1);
      if (isLast) return;
    }
  }

  private async *recent(
    head: string,
    baseNote: string | null,
  ): AsyncGenerator<CommitPage, void, undefined> {
    const commits = await this.api.recentCommits(head, RECENT_COMMITS_MAX);
    const total = Math.min(commits.length, RECENT_COMMITS_MAX);
    const outcome = startOutcome({ head, base: null, baseChoice: 'recent', baseNote, total });
    const listing = new RangeListing(this.range, this.repository, outcome);
    const raw = await this.withFiles(commits.slice(0, RECENT_COMMITS_MAX), listing);
    yield listing.page(raw, null);
  }

  private async withFiles(
    commits: readonly GitHubCommit[],
    listing: RangeListing,
  ): Promise<RawCommit[]> {
    const asked = Math.max(0, FILES_COMMITS_MAX - listing.outcome.listed);
    const spared = commits.length - Math.min(commits.length, asked);
    if (spared > 0) listing.limit({ kind: 'files', affected: spared, reason: limitReasons.files });
    const files = await mapConcurrently(commits.slice(0, asked), FILES_CONCURRENCY, ({ sha }) =>
      this.api.files(sha),
    );
    return commits.map(({ sha, commit }, index) => ({
      id: sha,
      authorEmail: commit.author?.email ?? null,
      authorName: commit.author?.name ?? null,
      message: commit.message,
      timestamp: commit.author?.date ?? null,
      ...(files[index] ?? { changes: [], hasMoreChanges: false }),
    }));
  }
}
