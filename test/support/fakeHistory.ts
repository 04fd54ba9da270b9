import { createHash } from 'node:crypto';

export type FakeFile = {
  path: string;
  status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied';
  from?: string;
};
export type FakeCommit = {
  sha: string;
  parents: string[];
  message: string;
  authorName: string | null;
  authorEmail: string | null;
  date: string;
  files: FakeFile[];
};

/** The history of one repository in memory, for fakes of hosts that answer questions about it. */
export class FakeHistory {
  readonly commits = new Map<string, FakeCommit>();
  readonly refs = new Map<string, string>();

  /** Adds a commit on top of `HEAD`, or of the given parents, and moves `main` and `HEAD` to it. */
  commit(message: string, more: Partial<FakeCommit> = {}): string {
    const index = this.commits.size;
    const sha = createHash('sha1').update(`${index} ${message}`).digest('hex');
    const head = this.refs.get('HEAD');
    this.commits.set(sha, {
      sha,
      message,
      parents: head === undefined ? [] : [head],
      authorName: 'Zoë Dev',
      authorEmail: 'zoe@example.com',
      date: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
      files: [{ path: `file${index}`, status: 'added' }],
      ...more,
    });
    for (const ref of ['HEAD', 'main']) this.refs.set(ref, sha);
    return sha;
  }

  find(ref: string): FakeCommit | undefined {
    const sha =
      this.refs.get(ref) ??
      (this.commits.has(ref)
        ? ref
        : [...this.commits.keys()].find((key) => ref.length >= 7 && key.startsWith(ref)));
    return sha === undefined ? undefined : this.commits.get(sha);
  }

  /** The commit itself and everything behind it, newest first. */
  ancestors(sha: string): FakeCommit[] {
    const seen = new Set<string>();
    const rest = [sha];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      rest.push(...(this.commits.get(next)?.parents ?? []));
    }
    return [...this.commits.values()].filter((commit) => seen.has(commit.sha)).reverse();
  }

  /** What `head` reaches and `base` does not, newest first. */
  range(base: string, head: string): FakeCommit[] {
    const known = new Set(this.ancestors(base).map(({ sha }) => sha));
    return this.ancestors(head).filter(({ sha }) => !known.has(sha));
  }

  mergeBase(base: string, head: string): FakeCommit | undefined {
    const known = new Set(this.ancestors(base).map(({ sha }) => sha));
    return this.ancestors(head).find(({ sha }) => known.has(sha));
  }
}
