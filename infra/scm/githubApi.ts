import { z } from 'zod';
import { ApiClient, type ApiOptions, type ApiReply } from './apiClient.ts';
import type { FileChange, RawCommit } from './commitRecord.ts';
import { ScmError } from './errors.ts';
import type { ScmContext, ScmRepository } from './provider.ts';

const commitSchema = z.object({
  sha: z.string(),
  commit: z.object({
    message: z.string(),
    author: z
      .object({
        name: z.string().nullish(),
        email: z.string().nullish(),
        date: z.string().nullish(),
      })
      .nullish(),
  }),
});

const fileSchema = z.object({
  filename: z.string(),
  status: z.string(),
  previous_filename: z.string().nullish(),
});

const comparisonSchema = z.object({
  status: z.string().nullish(),
  total_commits: z.number().int().nonnegative().nullish(),
  base_commit: z.object({ sha: z.string() }).nullish(),
  merge_base_commit: z.object({ sha: z.string() }).nullish(),
  commits: z.array(commitSchema),
});

export type GitHubCommit = z.infer<typeof commitSchema>;
export type GitHubComparison = z.infer<typeof comparisonSchema>;
export type CommitFiles = Pick<RawCommit, 'changes' | 'hasMoreChanges'>;

const PUBLIC_API = 'https://api.github.com';
const PUBLIC_SITE = 'https://github.com';
const PUBLIC_HOSTS = new Set(['github.com', 'www.github.com']);

/** The most that GitHub lists of one commit, at 300 files per page. */
const FILES_MAX = 3_000;
const FILE_PAGES_MAX = 10;

/** The calls of GitHub's REST API that a fetch needs, with their replies in one shape. */
export class GitHubApi {
  private readonly client: ApiClient;
  private readonly path: string;
  private readonly repository: string;

  constructor(repository: ScmRepository, options: ApiOptions, context: ScmContext) {
    const { apiUrl, path } = locate(repository);
    const headers = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    };
    this.client = new ApiClient(apiUrl, repository, headers, options, context);
    this.path = `/repos/${path}`;
    this.repository = repository.name;
  }

  /** Null when the repository has no such commit. */
  async commitSha(ref: string): Promise<string | null> {
    const reply = await this.client.get(
      `${this.path}/commits/${encodeURIComponent(ref)}`,
      z.object({ sha: z.string() }),
      ref,
    );
    return reply.kind === 'ok' ? reply.value.sha : this.missing(reply, ref);
  }

  /** Newest first. */
  async recentCommits(head: string, count: number): Promise<GitHubCommit[]> {
    const query = `sha=${encodeURIComponent(head)}&per_page=${count}`;
    const reply = await this.client.get(
      `${this.path}/commits?${query}`,
      z.array(commitSchema),
      head,
    );
    if (reply.kind === 'ok') return reply.value;
    await this.missing(reply, head);
    throw new ScmError('unknown_commit', { repository: this.repository, sha: head });
  }

  /** One page of what `head` reaches and `base` does not, oldest first; null when the two cannot be compared. */
  async compare(
    base: string,
    head: string,
    page: number,
    pageSize: number,
  ): Promise<GitHubComparison | null> {
    const range = `${encodeURIComponent(base)}...${encodeURIComponent(head)}`;
    const query = `per_page=${pageSize}&page=${page}`;
    const reply = await this.client.get(
      `${this.path}/compare/${range}?${query}`,
      comparisonSchema,
      head,
    );
    return reply.kind === 'ok' ? reply.value : this.missing(reply, head);
  }

  async files(sha: string): Promise<CommitFiles> {
    const schema = z.object({ files: z.array(fileSchema).nullish() });
    const changes: FileChange[] = [];
    let files = 0;
    let next: string | null = `${this.path}/commits/${sha}`;
    for (let page = 0; next !== null && page < FILE_PAGES_MAX; page += 1) {
      const reply: ApiReply<z.infer<typeof schema>> = await this.client.get(next, schema, sha);
      if (reply.kind === 'missing') {
        await this.missing(reply, sha);
        throw new ScmError('unknown_commit', { repository: this.repository, sha });
      }
      for (const file of reply.value.files ?? []) changes.push(...toChanges(file));
      files += reply.value.files?.length ?? 0;
      next = reply.next;
    }
    return { changes, hasMoreChanges: next !== null || files >= FILES_MAX };
  }

  /** Null when only the commit is missing; a repository that is gone or empty is an error. */
  private async missing(
    { status }: Extract<ApiReply<unknown>, { kind: 'missing' }>,
    sha: string,
  ): Promise<null> {
    if (status === 409) throw new ScmError('empty', { repository: this.repository, sha });
    // 404 hides which of the two is missing.
    if (status === 404) {
      const reply = await this.client.get(this.path, z.object({}), sha);
      if (reply.kind === 'missing') {
        throw new ScmError('not_found', { repository: this.repository, sha, detail: 'HTTP 404' });
      }
    }
    return null;
  }
}

/** @throws ScmError when neither URL nor name says which repository it is. */
function locate(repository: ScmRepository): { apiUrl: string; path: string } {
  const text = repository.url ?? `${PUBLIC_SITE}/${repository.name}`;
  // The short form of ssh names the same repository.
  const url = /^https?:/i.test(text)
    ? text
    : text.replace(/^(?:ssh:\/\/)?(?:[^@/]*@)?([^:/]+)(?::\d+\/|[:/])/, 'https://$1/');
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const [owner, name] = (parsed?.pathname ?? '')
    .replace(/\.git\/?$|\/$/, '')
    .split('/')
    .slice(1);
  if (parsed === null || !isPathSegment(owner) || !isPathSegment(name)) {
    const detail = 'its URL names no owner and repository';
    throw new ScmError('invalid', { repository: repository.name, detail });
  }
  const isPublic = PUBLIC_HOSTS.has(parsed.hostname);
  return {
    apiUrl: repository.apiUrl ?? (isPublic ? PUBLIC_API : `${parsed.origin}/api/v3`),
    path: `${owner}/${name}`,
  };
}

/** The characters of GitHub's own names, and no way up. */
function isPathSegment(text: string | undefined): text is string {
  return text !== undefined && /^[\w.-]+$/.test(text) && !/^\.+$/.test(text);
}

/** A rename is a D and an A; copies and changes of mode alone are no changes (releases-api 6). */
function toChanges(file: z.infer<typeof fileSchema>): FileChange[] {
  const { filename: path, previous_filename: previous } = file;
  switch (file.status) {
    case 'added':
      return [{ path, type: 'A' }];
    case 'modified':
      return [{ path, type: 'M' }];
    case 'removed':
      return [{ path, type: 'D' }];
    case 'renamed': {
      const added = { path, type: 'A' } as const;
      return previous ? [{ path: previous, type: 'D' }, added] : [added];
    }
    default:
      return [];
  }
}
