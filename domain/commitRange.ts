/** `refs[]` of a request (releases-api 2.4). `commit` may still be a range. */
export type RefInput = Readonly<{
  repository: string;
  commit: string;
  /** Whether it was sent at all is passed on: an absent one leaves the start of the range to the fetch. */
  previousCommit?: string | null | undefined;
}>;

/** `headCommits[]`, the older spelling of refs (releases-api 2.5). */
export type HeadCommitInput = Readonly<{
  repository: string;
  currentId: string;
  previousId?: string | null | undefined;
}>;

export const COMMIT_ID_LENGTH_MAX = 64;
const RANGE_DELIMITER = '..';

/** A plain id, or both ends of a range; `error` is the text for the client. */
export type ParsedCommit =
  Readonly<{ commit: string; previousCommit?: string }> | Readonly<{ error: string }>;

export function parseCommit(text: string): ParsedCommit {
  if (!text.includes(RANGE_DELIMITER)) {
    return isTooLong(text)
      ? { error: `Commit too long - max is ${COMMIT_ID_LENGTH_MAX} chars` }
      : { commit: text };
  }
  if (text.startsWith(RANGE_DELIMITER) || text.endsWith(RANGE_DELIMITER)) {
    return { error: `Commit cannot begin or end with ${RANGE_DELIMITER}` };
  }
  if (text.includes(`${RANGE_DELIMITER}.`)) {
    return { error: 'A commit range is written with two dots, from..to' };
  }
  const [previousCommit = '', commit = '', ...more] = text.split(RANGE_DELIMITER);
  if (more.length > 0) return { error: `Commit can contain ${RANGE_DELIMITER} only once` };
  return isTooLong(previousCommit) || isTooLong(commit)
    ? { error: `Start or end commit too long - max is ${COMMIT_ID_LENGTH_MAX} chars each` }
    : { commit, previousCommit };
}

/**
 * The refs that a write asks for, ranges taken apart: `refs`, or `headCommits` when there are none.
 * Exact repeats collapse into their last place, so that the last ref of a repository stays its head.
 * @throws RangeError for a commit that validation should have refused.
 */
export function normaliseRefs(
  refs: readonly RefInput[] = [],
  headCommits: readonly HeadCommitInput[] = [],
): RefInput[] {
  const wanted = refs.length > 0 ? refs.map(splitRange) : headCommits.map(headCommitToRef);
  const distinct = new Map<string, RefInput>();
  for (const ref of wanted) {
    const key = JSON.stringify([ref.repository, ref.commit, ref.previousCommit]);
    distinct.delete(key);
    distinct.set(key, ref);
  }
  return [...distinct.values()];
}

/** The head of each repository: its last ref. */
export function headRefs(refs: readonly RefInput[]): RefInput[] {
  return [...new Map(refs.map((ref) => [ref.repository, ref])).values()];
}

function splitRange(ref: RefInput): RefInput {
  const parsed = parseCommit(ref.commit);
  if ('error' in parsed) throw new RangeError(parsed.error);
  return { ...ref, ...parsed };
}

function headCommitToRef({ repository, currentId, previousId }: HeadCommitInput): RefInput {
  return { repository, commit: currentId, previousCommit: previousId ?? null };
}

/** Limits count characters as the database does, not UTF-16 units. */
function isTooLong(id: string): boolean {
  return id.length > COMMIT_ID_LENGTH_MAX && Array.from(id).length > COMMIT_ID_LENGTH_MAX;
}
