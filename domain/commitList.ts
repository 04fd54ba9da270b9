/** `commits[]` of a request after validation, in its wire spelling (releases-api 2.3). */
export type CommitInput = Readonly<{
  id: string;
  repository?: string | null | undefined;
  message?: string | null | undefined;
  author_name?: string | null | undefined;
  author_email?: string | null | undefined;
  /** As `parseDateTime` writes it: then text order is time order. */
  timestamp?: string | null | undefined;
  patch_set?: readonly Readonly<{ path: string; type: FileChangeType }>[] | null | undefined;
}>;

export type FileChangeType = 'A' | 'M' | 'D';

/**
 * A commit list ready for set-based SQL: flat rows that refer to each other by index. Rows are distinct by the
 * keys of their tables, so that no statement touches a row twice.
 */
export type NormalisedCommits = Readonly<{
  /** What `commit_count` becomes: duplicates count, dropped commits do not. */
  commitCount: number;
  /** Names, in the order of first use. */
  repositories: readonly string[];
  authors: readonly CommitListAuthor[];
  /** Newest first. */
  commits: readonly CommitListCommit[];
  fileChanges: readonly CommitListFileChange[];
}>;

export type CommitListAuthor = Readonly<{
  /** Lower case, at most 75 characters. */
  email: string;
  /** Null when only an e-mail came, which overwrites a stored name (releases-api 4.5). */
  name: string | null;
}>;

export type CommitListCommit = Readonly<{
  /** 0 is the newest of the release; a duplicate leaves its number unused. */
  position: number;
  key: string;
  /** Index into `repositories`. */
  repository: number;
  /** Index into `authors`. A stored author is only overwritten when there is one here. */
  author: number | null;
  message: string | null;
  /** A stored message is kept unless one was sent; null counts as sent. */
  isMessageSent: boolean;
  /** Null leaves a stored date alone, and is now for a new commit. */
  timestamp: string | null;
}>;

export type CommitListFileChange = Readonly<{
  /** Index into `commits`. */
  commit: number;
  filename: string;
  type: FileChangeType;
}>;

const SKIP_MARKER = '#skipsentry';
const EMAIL_LENGTH_MAX = 75;
const EMAIL_ELLIPSIS = '...';

/**
 * Sorts, filters and takes apart a commit list (releases-api 4, steps 1, 2, 4, 5 and 6b).
 * A missing or null timestamp counts as the oldest; commits of equal time keep the order of the request.
 */
export function normaliseCommits(
  commits: readonly CommitInput[],
  organizationId: string,
): NormalisedCommits {
  const kept = commits
    .filter((commit) => !commit.message?.includes(SKIP_MARKER))
    .sort((a, b) => compareText(b.timestamp ?? '', a.timestamp ?? ''));
  const repositories = new Ordinals();
  const authors = new AuthorList();
  const commitKeys = new Ordinals();
  const rows: CommitListCommit[] = [];
  const fileNames = new Ordinals();
  const fileChanges: CommitListFileChange[] = [];
  kept.forEach((commit, position) => {
    const repository = repositories.of(commit.repository || `organization-${organizationId}`);
    const ordinal = commitKeys.of(`${repository} ${commit.id}`);
    const row = toRow(commit, position, repository, authors.of(commit));
    const first = rows[ordinal];
    rows[ordinal] = first === undefined ? row : merge(first, row);
    for (const { path, type } of commit.patch_set ?? []) {
      const isNew = fileNames.of(`${ordinal} ${path}`) === fileChanges.length;
      if (isNew) fileChanges.push({ commit: ordinal, filename: path, type });
    }
  });
  return {
    commitCount: kept.length,
    repositories: repositories.keys(),
    authors: authors.rows(),
    commits: rows,
    fileChanges,
  };
}

function toRow(
  commit: CommitInput,
  position: number,
  repository: number,
  author: number | null,
): CommitListCommit {
  return {
    position,
    key: commit.id,
    repository,
    author,
    message: commit.message ?? null,
    isMessageSent: commit.message !== undefined,
    timestamp: commit.timestamp ?? null,
  };
}

/** A duplicate keeps the first place; what it says anew wins, as if the commits were saved one after the other. */
function merge(first: CommitListCommit, repeat: CommitListCommit): CommitListCommit {
  return {
    ...first,
    author: repeat.author ?? first.author,
    message: repeat.isMessageSent ? repeat.message : first.message,
    isMessageSent: first.isMessageSent || repeat.isMessageSent,
    timestamp: repeat.timestamp ?? first.timestamp,
  };
}

/** Numbers distinct keys in the order of their first use. */
class Ordinals {
  private readonly ordinals = new Map<string, number>();

  of(key: string): number {
    const known = this.ordinals.get(key);
    if (known !== undefined) return known;
    const ordinal = this.ordinals.size;
    this.ordinals.set(key, ordinal);
    return ordinal;
  }

  has(key: string): boolean {
    return this.ordinals.has(key);
  }

  keys(): string[] {
    return [...this.ordinals.keys()];
  }
}

class AuthorList {
  private readonly emails = new Ordinals();
  private readonly spellings = new Ordinals();
  private readonly authors: CommitListAuthor[] = [];

  /** The first commit of each spelling of an e-mail sets the name; of several spellings the last new one does. */
  of(commit: CommitInput): number | null {
    const spelling = authorEmail(commit);
    if (spelling === '') return null;
    const email = spelling.toLowerCase();
    const ordinal = this.emails.of(email);
    if (!this.spellings.has(spelling)) {
      this.spellings.of(spelling);
      this.authors[ordinal] = { email, name: commit.author_name ?? null };
    }
    return ordinal;
  }

  rows(): CommitListAuthor[] {
    return this.authors;
  }
}

/** Empty when the commit has no author. A blank e-mail says so; a missing one is made up from the name. */
export function authorEmail({
  author_email: email,
  author_name: name,
}: Pick<CommitInput, 'author_email' | 'author_name'>): string {
  if (email !== undefined && email !== null) return cut(email);
  if (!name) return '';
  return cut(`${name.replace(/[^A-Za-z0-9_.-]/g, '').toLowerCase()}@localhost`);
}

function cut(email: string): string {
  if (email.length <= EMAIL_LENGTH_MAX) return email;
  const characters = Array.from(email);
  if (characters.length <= EMAIL_LENGTH_MAX) return email;
  return characters.slice(0, EMAIL_LENGTH_MAX - EMAIL_ELLIPSIS.length).join('') + EMAIL_ELLIPSIS;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
