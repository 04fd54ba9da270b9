import { parseDateTime } from '../../domain/dateTime.ts';
import type { RangeLimit } from './provider.ts';

/** A commit as set_commits takes it (releases-api 6), in the wire's spelling. */
export type CommitRecord = Readonly<{
  id: string;
  repository: string;
  author_email: string | null;
  author_name: string | null;
  message: string;
  /** Author date, ISO 8601 with its offset; null when the commit holds none that makes sense. */
  timestamp: string | null;
  patch_set: readonly FileChange[];
}>;

/** A rename is a D of the old path and an A of the new one. */
export type FileChange = Readonly<{ path: string; type: 'A' | 'M' | 'D' }>;

/** A commit as a host tells it, before its texts are cut and cleaned. */
export type RawCommit = Readonly<{
  id: string;
  authorEmail: string | null;
  authorName: string | null;
  message: string;
  timestamp: string | null;
  changes: readonly FileChange[];
  /** Set when the list of changes is known to end early. */
  hasMoreChanges: boolean;
}>;

/** The limits of the write API (releases-api 2.3), so that a fetched commit is one that a client could have sent. */
const AUTHOR_NAME_LENGTH_MAX = 128;
const AUTHOR_EMAIL_LENGTH_MAX = 200;
const PATH_LENGTH_MAX = 510;
/** Messages are prose; what is longer is a pasted log, and a range of those would not fit in a write. */
const MESSAGE_LENGTH_MAX = 64 * 1024;
/** GitHub's own limit, kept for all hosts: a commit that touches more files is an import or a mass rename. */
export const FILES_PER_COMMIT_MAX = 3_000;

const limitReasons = {
  files: `only the first ${FILES_PER_COMMIT_MAX.toLocaleString('en')} files of a commit are kept, fewer where the host lists fewer`,
  paths: `paths of over ${PATH_LENGTH_MAX} characters are left out`,
  message: `messages are cut at ${MESSAGE_LENGTH_MAX.toLocaleString('en')} characters`,
} as const;

/** Cleans and bounds a commit. `note` hears of everything that is left out. */
export function toCommitRecord(
  raw: RawCommit,
  repository: string,
  note: (limit: RangeLimit) => void,
): CommitRecord {
  const message = clean(raw.message).replace(/\n+$/, '');
  if (message.length > MESSAGE_LENGTH_MAX) {
    note({ kind: 'text', affected: 1, reason: limitReasons.message });
  }
  return {
    id: raw.id,
    repository,
    author_email: blankToNull(cut(clean(raw.authorEmail ?? ''), AUTHOR_EMAIL_LENGTH_MAX)),
    author_name: blankToNull(cut(clean(raw.authorName ?? ''), AUTHOR_NAME_LENGTH_MAX)),
    message: cut(message, MESSAGE_LENGTH_MAX),
    timestamp:
      raw.timestamp !== null && parseDateTime(raw.timestamp) !== null ? raw.timestamp : null,
    patch_set: toPatchSet(raw, note),
  };
}

function toPatchSet(raw: RawCommit, note: (limit: RangeLimit) => void): FileChange[] {
  const usable = raw.changes.filter(({ path }) => path !== '' && path.length <= PATH_LENGTH_MAX);
  if (usable.length < raw.changes.length) {
    note({ kind: 'files', affected: 1, reason: limitReasons.paths });
  }
  if (raw.hasMoreChanges || usable.length > FILES_PER_COMMIT_MAX) {
    note({ kind: 'files', affected: 1, reason: limitReasons.files });
  }
  return usable
    .slice(0, FILES_PER_COMMIT_MAX)
    .map(({ path, type }) => ({ path: clean(path), type }));
}

/** Adds to the entry of the same kind and reason, so that the list stays as short as the list of rules. */
export function addLimit(limits: readonly RangeLimit[], limit: RangeLimit): readonly RangeLimit[] {
  const index = limits.findIndex(
    ({ kind, reason }) => kind === limit.kind && reason === limit.reason,
  );
  const known = limits[index];
  if (known === undefined) return [...limits, limit];
  const affected =
    known.affected === null || limit.affected === null ? null : known.affected + limit.affected;
  return limits.with(index, { ...known, affected });
}

/** Git's raw date, unix seconds and an offset like `+0530`, as ISO 8601; null when it is out of any calendar. */
export function formatGitDate(seconds: number, offset: string): string | null {
  const [, sign = '+', hours = '00', minutes = '00'] = /^([+-])(\d\d)(\d\d)$/.exec(offset) ?? [];
  // Broken tools have written offsets like +51800: the instant is right all the same.
  const isSane = Number(hours) <= 14 && Number(minutes) < 60;
  const [zone, shift] = isSane
    ? [
        `${sign}${hours}:${minutes}`,
        (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60),
      ]
    : ['+00:00', 0];
  const local = new Date((seconds + shift) * 1_000);
  if (Number.isNaN(local.getTime())) return null;
  const text = `${local.toISOString().slice(0, -5)}${zone}`;
  return /^\d{4}-/.test(text) ? text : null;
}

/** Text that Postgres and JSON take: no NUL, no lone surrogates. */
function clean(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).replace(/[\uD800-\uDBFF]$/, '');
}

function blankToNull(text: string): string | null {
  return text.trim() === '' ? null : text;
}
