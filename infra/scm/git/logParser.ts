import {
  formatGitDate,
  FILES_PER_COMMIT_MAX,
  type FileChange,
  type RawCommit,
} from '../commitRecord.ts';

/**
 * Arguments of `git log` for which `LogParser` reads the output. File names come without looking into files
 * (`--no-renames`: a rename is a D and an A), because a mirror has no file contents. A merge shows what it changed
 * for its first parent, as the hosts' own APIs tell it.
 */
export const LOG_FORMAT_ARGS = [
  '-z',
  '--encoding=UTF-8',
  '--date=raw',
  '--format=tformat:%H%x00%an%x00%ae%x00%ad%x00%B%x00',
  '--name-status',
  '--no-renames',
  '--diff-merges=first-parent',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-mailmap',
  '--no-notes',
  '--no-show-signature',
  '--ignore-submodules=none',
] as const;

/** A token beyond this is cut: no message or path that is kept is anywhere near. */
const TOKEN_BYTES_MAX = 1024 * 1024;
const HEADER_FIELDS = 6;
const shaPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** The output is not what these arguments make git print. */
export class LogFormatError extends Error {
  override readonly name = 'LogFormatError';
}

/**
 * Reads commits out of arbitrary pieces of `git log -z`. Tokens end with NUL, which neither messages nor paths can
 * hold. Each commit is `sha, name, e-mail, date, message, ""`, then pairs of status and path, the first status with
 * a line feed in front. Statuses are one letter, so a sha where a status could be starts the next commit.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export class LogParser {
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private header: string[] = [];
  private changes: FileChange[] = [];
  private hasMoreChanges = false;
  private status: string | null = null;
  private done: RawCommit[] = [];

  /** The commits that `chunk` completes; the last one is complete when the next begins, or at the end. */
  push(chunk: Buffer): RawCommit[] {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.token(
        this.pendingBytes === 0 ? text(chunk, start, end) : this.joined(chunk, start, end),
      );
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
    return this.take();
  }

  /** @throws LogFormatError when the output stops inside of a commit. */
  end(): RawCommit[] {
    const isMidway = this.pendingBytes > 0 || this.status !== null;
    if (isMidway || (this.header.length > 0 && this.header.length < HEADER_FIELDS)) {
      throw new LogFormatError('The output of git log ends inside of a commit');
    }
    this.finishCommit();
    return this.take();
  }

  private token(token: string): void {
    if (this.header.length > 0 && this.header.length < HEADER_FIELDS) this.header.push(token);
    else if (this.status !== null) this.change(this.status, token);
    else if (shaPattern.test(token)) this.startCommit(token);
    else if (/^\n?[A-Z]$/.test(token) && this.header.length > 0) this.status = token.trim();
    else throw new LogFormatError('The output of git log holds neither a commit nor a change');
  }

  private startCommit(sha: string): void {
    this.finishCommit();
    this.header = [sha];
  }

  private change(status: string, path: string): void {
    this.status = null;
    // One more than is kept tells that there are more.
    if (this.changes.length > FILES_PER_COMMIT_MAX) this.hasMoreChanges = true;
    else this.changes.push({ path, type: status === 'A' || status === 'D' ? status : 'M' });
  }

  private finishCommit(): void {
    const [id, authorName = '', authorEmail = '', date = '', message = ''] = this.header;
    if (id === undefined) return;
    const [seconds = '', offset = ''] = date.split(' ');
    this.done.push({
      id,
      authorName,
      authorEmail,
      message,
      timestamp: seconds === '' ? null : formatGitDate(Number(seconds), offset),
      changes: this.changes,
      hasMoreChanges: this.hasMoreChanges,
    });
    this.header = [];
    this.changes = [];
    this.hasMoreChanges = false;
  }

  private take(): RawCommit[] {
    const { done } = this;
    if (done.length > 0) this.done = [];
    return done;
  }

  private keep(piece: Buffer): void {
    const room = TOKEN_BYTES_MAX - this.pendingBytes;
    if (room <= 0) return;
    this.pending.push(piece.subarray(0, room));
    this.pendingBytes += Math.min(piece.length, room);
  }

  private joined(chunk: Buffer, start: number, end: number): string {
    this.keep(chunk.subarray(start, end));
    const token = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    return token.toString('utf8');
  }
}

function text(chunk: Buffer, start: number, end: number): string {
  return chunk.toString('utf8', start, Math.min(end, start + TOKEN_BYTES_MAX));
}
