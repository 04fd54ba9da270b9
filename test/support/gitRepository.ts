import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporaryFolder.ts';

export type CommitOptions = Readonly<{
  message?: string;
  author?: string;
  email?: string;
  /** ISO 8601 with an offset, which clients keep. */
  date?: string;
  write?: Readonly<Record<string, string>>;
  rename?: Readonly<Record<string, string>>;
  remove?: readonly string[];
}>;

const FIRST_COMMIT_AT = Date.UTC(2026, 0, 1);
const AUTHOR = { name: 'Zoë Dev', email: 'zoe@acme.test' };
const COMMITTER = { name: 'Committer', email: 'committer@acme.test' };
const HOUR_MS = 3_600_000;

/** A real working copy that lives as long as the test that makes it. */
export class GitRepository {
  readonly path: string;
  private commitCount = 0;

  constructor(remotes: Readonly<Record<string, string>> = {}, path = temporaryFolder()) {
    this.path = path;
    this.git('init', '--quiet', '--initial-branch=main');
    for (const [name, url] of Object.entries(remotes)) this.git('remote', 'add', name, url);
  }

  /** Commits are an hour apart, so that their order never hangs on the clock. Answers the full sha. */
  commit(options: CommitOptions = {}): string {
    const date = options.date ?? this.nextDate();
    const changes = [options.write, options.rename, options.remove].some(Boolean);
    const write = changes ? (options.write ?? {}) : { 'a.txt': `${this.commitCount}\n` };
    for (const [from, to] of Object.entries(options.rename ?? {})) {
      mkdirSync(dirname(join(this.path, to)), { recursive: true });
      renameSync(join(this.path, from), join(this.path, to));
    }
    for (const name of options.remove ?? []) rmSync(join(this.path, name));
    for (const [name, text] of Object.entries(write)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
    this.git('add', '--all');
    this.run(
      [
        'commit',
        '--quiet',
        '--allow-empty',
        '--allow-empty-message',
        '--message',
        options.message ?? `change ${this.commitCount}`,
      ],
      {
        GIT_AUTHOR_NAME: options.author ?? AUTHOR.name,
        GIT_AUTHOR_EMAIL: options.email ?? AUTHOR.email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    );
    return this.head;
  }

  /** Several commits by one process; answers their shas, oldest first. */
  commits(count: number): string[] {
    const isFirst = this.commitCount === 0;
    const stream = Array.from({ length: count }, (_, index) => {
      const number = ++this.commitCount;
      const when = `${(FIRST_COMMIT_AT + number * HOUR_MS) / 1_000} +0000`;
      return [
        'commit refs/heads/main',
        `author ${AUTHOR.name} <${AUTHOR.email}> ${when}`,
        `committer ${COMMITTER.name} <${COMMITTER.email}> ${when}`,
        dataBlock(`change ${number}\n`),
        ...(index === 0 && !isFirst ? ['from refs/heads/main^0'] : []),
        'M 100644 inline a.txt',
        dataBlock(`${number}\n`),
      ].join('\n');
    });
    this.run(['fast-import', '--quiet'], {}, stream.join(''));
    this.git('reset', '--quiet', '--hard');
    return this.git('rev-list', '--reverse', '--max-count', String(count), 'HEAD').split('\n');
  }

  /** Merges a branch with a commit of its own; answers its sha. */
  merge(branch: string): string {
    const date = this.nextDate();
    this.run(['merge', '--quiet', '--no-ff', '--message', `Merge ${branch}`, branch], {
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    });
    return this.head;
  }

  get head(): string {
    return this.git('rev-parse', 'HEAD');
  }

  git(...args: string[]): string {
    return this.run(args, {});
  }

  private nextDate(): string {
    return new Date(FIRST_COMMIT_AT + ++this.commitCount * HOUR_MS).toISOString();
  }

  private run(args: readonly string[], env: Readonly<Record<string, string>>, input = ''): string {
    const options = {
      cwd: this.path,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        // Nobody's configuration: hooks, signing and templates of the machine stay out.
        HOME: this.path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: AUTHOR.name,
        GIT_AUTHOR_EMAIL: AUTHOR.email,
        GIT_COMMITTER_NAME: COMMITTER.name,
        GIT_COMMITTER_EMAIL: COMMITTER.email,
        ...env,
      },
    } satisfies ExecFileSyncOptionsWithStringEncoding;
    return execFileSync('git', [...args], options).trim();
  }
}

/** Length and bytes, as fast-import reads them. */
function dataBlock(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
