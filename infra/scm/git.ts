import { join, resolve } from 'node:path';
import type { UrlPolicy } from '../outboundUrl.ts';
import type { RawCommit } from './commitRecord.ts';
import { ScmError } from './errors.ts';
import { findCommit } from './git/findCommit.ts';
import { gitError } from './git/gitErrors.ts';
import { resolveRemote } from './git/gitRemote.ts';
import { createGitRunner, type GitRunner } from './git/gitRunner.ts';
import { LOG_FORMAT_ARGS, LogParser } from './git/logParser.ts';
import { Mirror } from './git/mirror.ts';
import {
  RANGE_COMMITS_MAX,
  RECENT_COMMITS_MAX,
  type CommitPage,
  type CommitRange,
  type RangeOutcome,
  type ScmContext,
  type ScmProvider,
  type ScmRepository,
} from './provider.ts';
import { RangeListing, startOutcome } from './rangeListing.ts';

export type GitProviderOptions = Readonly<{
  /** For the mirrors, below the state folder. */
  folder: string;
  policy: UrlPolicy;
  gitBinary?: string;
  /** Just below the time of an attempt (DESIGN 5, class scm), so that the error is ours and says what happened. */
  fetchTimeoutMs?: number;
  mirrorBytesMax?: number;
  pageSize?: number;
}>;

/** A page is what a crash costs at most; the next one starts a new walk over the range, which is cheap but not free. */
const PAGE_SIZE = 1_000;
const FETCH_TIMEOUT_MS = 110_000;
/** History without file contents: that of Linux takes about 2 GB. */
const MIRROR_BYTES_MAX = 4 * 1024 ** 3;

/** Any git URL, read with the `git` program through a mirror. */
export function createGitProvider(options: GitProviderOptions): ScmProvider {
  const { fetchTimeoutMs = FETCH_TIMEOUT_MS, mirrorBytesMax = MIRROR_BYTES_MAX } = options;
  const folder = resolve(options.folder);
  let runner: GitRunner | undefined;
  const open = async (repository: ScmRepository, context: ScmContext): Promise<Mirror> => {
    const remote = await resolveRemote(repository, options.policy);
    runner ??= await createGitRunner(join(folder, 'home'), options.gitBinary);
    const mirrorOptions = { folder, runner, fetchTimeoutMs, bytesMax: mirrorBytesMax };
    return Mirror.open(mirrorOptions, repository.name, remote, context);
  };
  return {
    resolveCommit: async (repository, ref, context) => {
      try {
        const mirror = await open(repository, context);
        const sha = await findCommit(mirror, ref, repository.name);
        if (sha !== null) return { sha };
        await refuseEmpty(mirror, repository.name, ref);
        return { unknown: true };
      } catch (error) {
        throw gitError(error, { repository: repository.name, sha: ref });
      }
    },
    listRange: async function* (repository, range, context, cursor) {
      try {
        const mirror = await open(repository, context);
        yield* mirror.guard(
          listRange(mirror, repository.name, range, cursor, options.pageSize ?? PAGE_SIZE),
        );
      } catch (error) {
        throw gitError(error, { repository: repository.name, sha: range.head });
      }
    },
  };
}

async function* listRange(
  mirror: Mirror,
  repository: string,
  range: CommitRange,
  cursor: string | null | undefined,
  pageSize: number,
): AsyncGenerator<CommitPage, void, undefined> {
  const saved = RangeListing.read(range, cursor);
  const outcome =
    (saved && (await stillThere(mirror, saved.outcome))) ??
    (await start(mirror, repository, range));
  const listing = new RangeListing(range, repository, outcome);
  const revisions = outcome.base === null ? [outcome.head] : [outcome.head, `^${outcome.base}`];
  const max = outcome.base === null ? RECENT_COMMITS_MAX : RANGE_COMMITS_MAX;
  const shallow = await mirror.shallowCommits();
  let page: RawCommit[] = [];
  for await (const commit of readLog(mirror, revisions, outcome.listed, max)) {
    // Held back by one commit, because only the last page has no cursor.
    if (page.length === pageSize) {
      yield listing.page(page, listing.outcome.listed + page.length);
      page = [];
    }
    page.push(shallow.has(commit.id) ? atTheEdge(commit, listing) : commit);
  }
  const listed = listing.outcome.listed + page.length;
  listing.update({ total: await total(mirror, outcome.base, revisions, listed) });
  const { total: of } = listing.outcome;
  if (of !== null && of > listed) {
    const reason = `a range is cut to its newest ${RANGE_COMMITS_MAX.toLocaleString('en')} commits`;
    listing.limit({ kind: 'commits', affected: of - listed, reason });
  }
  yield listing.page(page, null);
}

/** What was found out before still holds when the mirror has both ends, or gets them again. */
async function stillThere(mirror: Mirror, outcome: RangeOutcome): Promise<RangeOutcome | null> {
  if ((await mirror.ensure(outcome.head, 'head')) === null) return null;
  if (outcome.base !== null && (await mirror.ensure(outcome.base, 'base')) === null) return null;
  return outcome;
}

async function start(
  mirror: Mirror,
  repository: string,
  { base, head }: CommitRange,
): Promise<RangeOutcome> {
  const named = await findCommit(mirror, head, repository);
  const sha = named === null ? null : await mirror.ensure(named, 'head');
  if (sha === null) {
    await refuseEmpty(mirror, repository, head);
    throw new ScmError('unknown_commit', { repository, sha: head });
  }
  if (base === null) return startOutcome({ head: sha, base: null, baseChoice: 'recent' });
  const namedBase = await findCommit(mirror, base, repository);
  const baseSha = namedBase === null ? null : await mirror.ensure(namedBase, 'base');
  if (baseSha === null)
    return recent(sha, `The start ${base} is not in the repository (any more).`);
  const mergeBase = await mirror.mergeBase(baseSha, sha);
  if (mergeBase === null)
    return recent(sha, `The start ${base} has no history in common with ${head}.`);
  if (mergeBase === baseSha || mergeBase === sha) {
    return startOutcome({ head: sha, base: baseSha, baseChoice: 'given' });
  }
  const baseNote = `The start ${base} is not an ancestor of ${head}; the range starts where they part.`;
  return startOutcome({ head: sha, base: mergeBase, baseChoice: 'merge_base', baseNote });
}

function recent(head: string, baseNote: string): RangeOutcome {
  return startOutcome({ head, base: null, baseChoice: 'recent', baseNote });
}

async function refuseEmpty(mirror: Mirror, repository: string, sha: string): Promise<void> {
  if (await mirror.isRemoteEmpty()) throw new ScmError('empty', { repository, sha });
}

async function* readLog(
  mirror: Mirror,
  revisions: readonly string[],
  skip: number,
  max: number,
): AsyncGenerator<RawCommit, void, undefined> {
  if (skip >= max) return;
  const bounds = [`--skip=${skip}`, `--max-count=${max - skip}`];
  const parser = new LogParser();
  const args = [...LOG_FORMAT_ARGS, ...bounds, '--end-of-options', ...revisions, '--'];
  for await (const chunk of mirror.log(args)) yield* parser.push(chunk);
  yield* parser.end();
}

/** Counted only when the list was cut: otherwise the list is the count. */
async function total(
  mirror: Mirror,
  base: string | null,
  revisions: readonly string[],
  listed: number,
): Promise<number> {
  return base !== null && listed >= RANGE_COMMITS_MAX ? mirror.count(revisions) : listed;
}

/** Where the server's history ends every file looks new. */
function atTheEdge(commit: RawCommit, listing: RangeListing): RawCommit {
  const reason = 'the history of the repository is cut off (a shallow clone)';
  listing.limit({ kind: 'history', affected: null, reason });
  return { ...commit, changes: [], hasMoreChanges: false };
}
