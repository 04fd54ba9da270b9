import { ScmError, type ScmErrorCode, type ScmErrorSubject } from '../errors.ts';
import { toScmError } from '../toScmError.ts';
import { GitExitError, GitOutputError } from './gitProcess.ts';
import { LogFormatError } from './logParser.ts';

/** The server has no such object, whatever else is fetched. */
export function isMissingObject(error: unknown): boolean {
  return (
    error instanceof GitExitError && /not our ref|couldn't find remote ref/i.test(error.stderr)
  );
}

/** The server hands out only what its branches and tags reach: fetching those may bring the object. */
export function isUnadvertisedObject(error: unknown): boolean {
  return (
    error instanceof GitExitError &&
    /unadvertised object|want [0-9a-f]+ not valid|not advertised/i.test(error.stderr)
  );
}

/** The host points elsewhere; GitLab does for URLs without `.git`. */
export function isRedirect(error: unknown): boolean {
  return (
    error instanceof GitExitError &&
    /returned error: 30\d|unable to update url base from redirection/i.test(error.stderr)
  );
}

/** The mirror itself is unusable: left locked or half written by a process that was killed. */
export function isBrokenMirror(error: unknown): boolean {
  return (
    error instanceof GitExitError &&
    /not a git repository|\.lock': File exists|bad object|bad config|object file .* is empty|is corrupt|invalid index-pack|packfile .* cannot be (?:accessed|mapped)|unable to find [0-9a-f]{40}|Could not read [0-9a-f]{40}/i.test(
      error.stderr,
    )
  );
}

/** Told by what git prints, with messages in English; the first rule that fits decides. */
const rules: readonly (readonly [RegExp, ScmErrorCode, string | undefined])[] = [
  [/returned error: 429/i, 'rate_limited', undefined],
  [
    /returned error: 401|Authentication failed|could not read (?:Username|Password)/i,
    'unauthorized',
    'the credentials are missing or wrong',
  ],
  [
    /returned error: 403|Permission denied|access denied/i,
    'unauthorized',
    'the credentials do not suffice',
  ],
  [/Host key verification failed/i, 'unauthorized', 'the host key is not the known one'],
  [
    /returned error: (?:404|410)|repository .* not found|does not (?:appear to be a git repository|exist)|no such repository|Could not find repository/i,
    'not_found',
    undefined,
  ],
  [/returned error: 30\d|redirection/i, 'refused', 'the host redirects elsewhere'],
  [/transport '.*' not allowed|strange (?:host|path)name/i, 'refused', 'the URL is not allowed'],
  [/not valid: is this a git repository/i, 'not_found', 'the URL leads to something else'],
  [/returned error: 5\d\d/i, 'transient', 'the host has a problem of its own'],
];

/** The host gives no time when it answers git with 429. */
const RATE_LIMIT_PAUSE_MS = 60_000;

/** Any failure of a git command as ScmError; see `toScmError` for what comes back unchanged. */
export function gitError(error: unknown, subject: ScmErrorSubject): unknown {
  if (error instanceof GitExitError) {
    const [, code = 'transient', detail = 'git could not talk to it'] =
      rules.find(([pattern]) => pattern.test(error.stderr)) ?? [];
    const retryAfterMs = code === 'rate_limited' ? RATE_LIMIT_PAUSE_MS : undefined;
    return new ScmError(code, { ...subject, detail }, { cause: error, retryAfterMs });
  }
  if (error instanceof GitOutputError || error instanceof LogFormatError) {
    return new ScmError('invalid', { ...subject, detail: error.message }, { cause: error });
  }
  return toScmError(error, subject);
}
