/** Everything that can go wrong with a fetch; what to do about each is said once, in `sentences`. */
export type ScmErrorCode =
  | 'transient'
  | 'rate_limited'
  | 'unauthorized'
  | 'not_found'
  | 'empty'
  | 'unknown_commit'
  | 'refused'
  | 'invalid';

export type ScmErrorSubject = Readonly<{
  repository: string;
  sha?: string | undefined;
  /** Words of ours (`HTTP 502`), never text of the host: that may hold secrets. */
  detail?: string | undefined;
}>;

/** A failed call to an SCM. `message` is a sentence for people and safe to show; the host's words are in `cause`. */
export class ScmError extends Error {
  override readonly name = 'ScmError';
  readonly code: ScmErrorCode;
  /** When the host says how long to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ScmErrorCode,
    subject: ScmErrorSubject,
    options: Readonly<{ retryAfterMs?: number | undefined; cause?: unknown }> = {},
  ) {
    super(sentences[code](subject, options.retryAfterMs), { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /**
   * Whether time alone may mend it. A commit that is not there may be pushed yet, and so may the first commit
   * of an empty repository; the others need somebody to act.
   */
  get isRetryable(): boolean {
    return retryable.has(this.code);
  }
}

const retryable: ReadonlySet<ScmErrorCode> = new Set([
  'transient',
  'rate_limited',
  'unknown_commit',
  'empty',
]);

type Sentence = (subject: ScmErrorSubject, retryAfterMs: number | undefined) => string;

const sentences: Readonly<Record<ScmErrorCode, Sentence>> = {
  transient: ({ repository, sha, detail }) =>
    `The host of ${repository} did not answer properly${about(sha)}${because(detail)}. It will be asked again.`,
  rate_limited: ({ repository, sha }, retryAfterMs = 0) =>
    `The host of ${repository} limits how often it may be asked${about(sha)}. It wants a pause of ${Math.ceil(retryAfterMs / 1_000)} s.`,
  unauthorized: ({ repository, sha, detail }) =>
    `The host of ${repository} refused access${about(sha)}${because(detail)}. Give the repository a token that may read it.`,
  not_found: ({ repository, sha, detail }) =>
    `The repository ${repository} was not found${about(sha)}${because(detail)}. It was moved or deleted, or the token may not see it.`,
  empty: ({ repository, sha }) =>
    `The repository ${repository} has no commits yet${about(sha)}. Push the first one.`,
  unknown_commit: ({ repository, sha = 'asked for' }) =>
    `The commit ${sha} is not in ${repository}. It may not have been pushed yet.`,
  refused: ({ repository, sha, detail }) =>
    `${repository} is not fetched${about(sha)}${because(detail)}. Correct the URL of the repository.`,
  invalid: ({ repository, sha, detail }) =>
    `${repository} cannot be fetched as it was asked${about(sha)}${because(detail)}.`,
};

function about(sha: string | undefined): string {
  return sha === undefined ? '' : ` about ${sha}`;
}

function because(detail: string | undefined): string {
  return detail === undefined ? '' : ` (${detail})`;
}
