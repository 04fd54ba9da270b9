import type { ApiOptions } from './apiClient.ts';
import type { RawCommit } from './commitRecord.ts';
import { ScmError } from './errors.ts';
import { GitLabApi, type GitLabCommit } from './gitlabApi.ts';
import { mapConcurrently } from './mapConcurrently.ts';
import {
  RANGE_COMMITS_MAX,
  RECENT_COMMITS_MAX,
  type CommitPage,
  type CommitRange,
  type RangeOutcome,
  type ScmProvider,
} from './provider.ts';
import { RangeListing, startOutcome } from './rangeListing.ts';

/** The most that GitLab pages by. */
const PAGE_SIZE = 100;
/** gitlab.com allows 2,000 requests a minute; an instance of one's own has fewer machines. */
const FILES_CONCURRENCY = 4;
/** Files cost a request per commit. */
const FILES_COMMITS_MAX = 1_000;

const limitReasons = {
  files: `GitLab is asked for the files of the newest ${FILES_COMMITS_MAX.toLocaleString('en')} commits only`,
  range: `a range is cut to its newest ${RANGE_COMMITS_MAX.toLocaleString('en')} commits`,
} as const;

/** GitLab over REST: gitlab.com and instances of one's own. */
export function createGitLabProvider(options: ApiOptions): ScmProvider {
  return {
    resolveCommit: async (repository, ref, context) => {
      const sha = await new GitLabApi(repository, options, context).commitSha(ref);
      return sha === null ? { unknown: true } : { sha };
    },
    listRange: (repository, range, context, cursor) =>
      new GitLabRange(new GitLabApi(repository, options, context), repository.name, range).pages(
        cursor,
      ),
  };
}

/**
 * One listing. A range is read from the list of commits, which takes revision ranges and has pages; `compare` has
 * none, and fails on ranges whose diff it cannot make in time.
 */
class GitLabRange {
  private readonly api: GitLabApi;
  private readonly repository: string;
  private readonly range: CommitRange;

  constructor(api: GitLabApi, repository: string, range: CommitRange) {
    this.api = api;
    this.repository = repository;
    this.range = range;
  }

  async *pages(cursor: string | null | undefined): AsyncGenerator<CommitPage, void, undefined> {
    const saved = RangeListing.read(this.range, cursor);
    const listing = (outcome: RangeOutcome): RangeListing =>
      new RangeListing(this.range, this.repository, outcome);
    if (saved?.outcome.base) {
      yield* this.listedPages(listing(saved.outcome), saved.outcome.base, saved.position);
      return;
    }
    const head = await this.api.commitSha(this.range.head);
    if (head === null) {
      throw new ScmError('unknown_commit', { repository: this.repository, sha: this.range.head });
    }
    const { base } = this.range;
    const baseSha = base === null ? null : await this.api.commitSha(base);
    if (base === null || baseSha === null) {
      const note = base === null ? null : `The start ${base} is not in the repository (any more).`;
      yield* this.recent(head, note);
      return;
    }
    const mergeBase = await this.api.mergeBase(baseSha, head);
    if (mergeBase === null) {
      yield* this.compared(base, baseSha, head);
      return;
    }
    yield* this.listedPages(listing(this.outcome(base, baseSha, mergeBase, head)), mergeBase, 1);
  }

  private outcome(base: string, baseSha: string, mergeBase: string, head: string): RangeOutcome {
    if (mergeBase === baseSha || mergeBase === head) {
      return startOutcome({ head, base: baseSha, baseChoice: 'given' });
    }
    const baseNote = `The start ${base} is not an ancestor of ${this.range.head}; the range starts where they part.`;
    return startOutcome({ head, base: mergeBase, baseChoice: 'merge_base', baseNote });
  }

  private async *listedPages(
    listing: RangeListing,
    base: string,
    firstPage: number,
  ): AsyncGenerator<CommitPage, void, undefined> {
    const { head } = listing.outcome;
    for (let page = firstPage; ; page += 1) {
      const { commits, hasNext } = await this.api.commits(`${base}..${head}`, page, PAGE_SIZE);
      const listed = listing.outcome.listed + commits.length;
      const isCut = hasNext && listed >= RANGE_COMMITS_MAX;
      if (isCut) listing.limit({ kind: 'commits', affected: null, reason: limitReasons.range });
      const raw = await this.withFiles(commits, listing);
      if (!hasNext) listing.update({ total: listed });
      yield listing.page(raw, hasNext && !isCut ? page + 1 : null);
      if (!hasNext || isCut) return;
    }
  }

  /** For hosts that do not tell where histories part. No commits at all then means that they never met. */
  private async *compared(
    base: string,
    baseSha: string,
    head: string,
  ): AsyncGenerator<CommitPage, void, undefined> {
    const commits = await this.api.compare(baseSha, head);
    if (commits === null || commits.length === 0) {
      yield* this.recent(
        head,
        `The start ${base} has no history in common with ${this.range.head}.`,
      );
      return;
    }
    const total = commits.length;
    const outcome = startOutcome({ head, base: baseSha, baseChoice: 'given', total });
    const listing = new RangeListing(this.range, this.repository, outcome);
    const kept = commits.slice(0, RANGE_COMMITS_MAX);
    if (kept.length < total) {
      listing.limit({ kind: 'commits', affected: total - kept.length, reason: limitReasons.range });
    }
    yield listing.page(await this.withFiles(kept, listing), null);
  }

  private async *recent(
    head: string,
    baseNote: string | null,
  ): AsyncGenerator<CommitPage, void, undefined> {
    const { commits } = await this.api.commits(head, 1, RECENT_COMMITS_MAX);
    const kept = commits.slice(0, RECENT_COMMITS_MAX);
    const known = { base: null, baseChoice: 'recent', baseNote, total: kept.length } as const;
    const listing = new RangeListing(this.range, this.repository, startOutcome({ head, ...known }));
    yield listing.page(await this.withFiles(kept, listing), null);
  }

  private async withFiles(
    commits: readonly GitLabCommit[],
    listing: RangeListing,
  ): Promise<RawCommit[]> {
    const asked = Math.max(0, FILES_COMMITS_MAX - listing.outcome.listed);
    const spared = commits.length - Math.min(commits.length, asked);
    if (spared > 0) listing.limit({ kind: 'files', affected: spared, reason: limitReasons.files });
    const files = await mapConcurrently(commits.slice(0, asked), FILES_CONCURRENCY, ({ id }) =>
      this.api.files(id),
    );
    return commits.map((commit, index) => ({
      id: commit.id,
      authorEmail: commit.author_email ?? null,
      authorName: commit.author_name ?? null,
      message: commit.message ?? commit.title ?? '',
      timestamp: commit.authored_date ?? commit.created_at ?? null,
      ...(files[index] ?? { changes: [], hasMoreChanges: false }),
    }));
  }
}
