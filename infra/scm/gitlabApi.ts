import { z } from 'zod';
import { ApiClient, type ApiOptions, type ApiReply } from './apiClient.ts';
import { FILES_PER_COMMIT_MAX, type FileChange, type RawCommit } from './commitRecord.ts';
import { ScmError } from './errors.ts';
import type { ScmContext, ScmRepository } from './provider.ts';

const commitSchema = z.object({
  id: z.string(),
  message: z.string().nullish(),
  title: z.string().nullish(),
  author_name: z.string().nullish(),
  author_email: z.string().nullish(),
  authored_date: z.string().nullish(),
  created_at: z.string().nullish(),
});

const diffSchema = z.object({
  old_path: z.string(),
  new_path: z.string(),
  new_file: z.boolean().nullish(),
  renamed_file: z.boolean().nullish(),
  deleted_file: z.boolean().nullish(),
});

export type GitLabCommit = z.infer<typeof commitSchema>;
export type GitLabPage = Readonly<{ commits: readonly GitLabCommit[]; hasNext: boolean }>;

const PUBLIC_SITE = 'https://gitlab.com';
const FILES_PAGE_SIZE = 100;
/**
 * An instance lists 1,000 to 3,000 files of a commit, as its administrator set it, and does not say when it stops:
 * from here on the list may have ended early.
 */
const FILES_DOUBTFUL = 1_000;

/** The calls of GitLab's REST API that a fetch needs, with their replies in one shape. */
export class GitLabApi {
  private readonly client: ApiClient;
  private readonly path: string;
  private readonly repository: string;

  constructor(repository: ScmRepository, options: ApiOptions, context: ScmContext) {
    const { apiUrl, project } = locate(repository);
    this.client = new ApiClient(
      apiUrl,
      repository,
      { accept: 'application/json' },
      options,
      context,
    );
    this.path = `/projects/${encodeURIComponent(project)}`;
    this.repository = repository.name;
  }

  /** Null when the repository has no such commit. */
  async commitSha(ref: string): Promise<string | null> {
    const path = `${this.path}/repository/commits/${encodeURIComponent(ref)}`;
    const reply = await this.client.get(path, z.object({ id: z.string() }), ref);
    if (reply.kind === 'ok') return reply.value.id;
    await this.refuseMissingProject(reply, ref);
    return null;
  }

  /** Null when the two have nothing in common, or the host does not tell. */
  async mergeBase(base: string, head: string): Promise<string | null> {
    const query = [base, head].map((ref) => `refs%5B%5D=${encodeURIComponent(ref)}`).join('&');
    const path = `${this.path}/repository/merge_base?${query}`;
    const reply = await this.client.get(path, z.object({ id: z.string() }), head);
    return reply.kind === 'ok' ? reply.value.id : null;
  }

  /** Newest first. `revisions` is a commit, or a range like `a..b`. */
  async commits(revisions: string, page: number, pageSize: number): Promise<GitLabPage> {
    const query = `ref_name=${encodeURIComponent(revisions)}&per_page=${pageSize}&page=${page}`;
    const path = `${this.path}/repository/commits?${query}`;
    const reply = await this.client.get(path, z.array(commitSchema), revisions);
    if (reply.kind === 'ok')
      return { commits: reply.value, hasNext: reply.value.length >= pageSize };
    await this.refuseMissingProject(reply, revisions);
    throw new ScmError('unknown_commit', { repository: this.repository, sha: revisions });
  }

  /** All of a range at once, newest first; null when the host cannot compare the two. */
  async compare(base: string, head: string): Promise<readonly GitLabCommit[] | null> {
    const query = `from=${encodeURIComponent(base)}&to=${encodeURIComponent(head)}`;
    const path = `${this.path}/repository/compare?${query}`;
    const schema = z.object({ commits: z.array(commitSchema) });
    const reply = await this.client.get(path, schema, head);
    return reply.kind === 'ok' ? reply.value.commits.toReversed() : null;
  }

  async files(sha: string): Promise<Pick<RawCommit, 'changes' | 'hasMoreChanges'>> {
    const changes: FileChange[] = [];
    let [files, isFull] = [0, true];
    for (let page = 1; isFull && files < FILES_PER_COMMIT_MAX; page += 1) {
      const query = `per_page=${FILES_PAGE_SIZE}&page=${page}`;
      const path = `${this.path}/repository/commits/${sha}/diff?${query}`;
      const reply = await this.client.get(path, z.array(diffSchema), sha);
      if (reply.kind === 'missing') {
        await this.refuseMissingProject(reply, sha);
        throw new ScmError('unknown_commit', { repository: this.repository, sha });
      }
      changes.push(...reply.value.flatMap(toChanges));
      files += reply.value.length;
      isFull = reply.value.length >= FILES_PAGE_SIZE;
    }
    return { changes, hasMoreChanges: files >= FILES_DOUBTFUL };
  }

  /** 404 says in words only whether the project or the commit is missing, so the project is asked for. */
  private async refuseMissingProject(
    { detail }: Extract<ApiReply<unknown>, { kind: 'missing' }>,
    sha: string,
  ): Promise<void> {
    const subject = { repository: this.repository, sha };
    const reply = await this.client.get(
      this.path,
      z.object({ empty_repo: z.boolean().nullish() }),
      sha,
    );
    if (reply.kind === 'missing') {
      throw new ScmError('not_found', { ...subject, detail: `HTTP ${reply.status}` });
    }
    if (reply.value.empty_repo === true || /repository not found/i.test(detail)) {
      throw new ScmError('empty', subject);
    }
  }
}

/** @throws ScmError when neither URL nor name says which project it is. */
function locate(repository: ScmRepository): { apiUrl: string; project: string } {
  // Display names have spaces around the slash: `group / project`.
  const path = repository.name.replace(/\s*\/\s*/g, '/').trim();
  const text = repository.url ?? `${PUBLIC_SITE}/${path}`;
  // The short form of ssh names the same project.
  const url = /^https?:/i.test(text)
    ? text
    : text.replace(/^(?:ssh:\/\/)?(?:[^@/]*@)?([^:/]+)(?::\d+\/|[:/])/, 'https://$1/');
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const fromUrl = decoded(parsed?.pathname ?? '').replace(/^\/|\.git\/?$|\/$/g, '');
  const project = repository.externalId ?? fromUrl;
  if (parsed === null || project === '' || /(?:^|\/)\.{1,2}(?:\/|$)/.test(project)) {
    const detail = 'its URL names no project';
    throw new ScmError('invalid', { repository: repository.name, detail });
  }
  return { apiUrl: repository.apiUrl ?? `${parsed.origin}/api/v4`, project };
}

/** Empty when the escapes are broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** A rename is a D and an A. */
function toChanges(diff: z.infer<typeof diffSchema>): FileChange[] {
  const added = { path: diff.new_path, type: 'A' } as const;
  const removed = { path: diff.old_path, type: 'D' } as const;
  if (diff.new_file === true) return [added];
  if (diff.deleted_file === true) return [removed];
  return diff.renamed_file === true ? [removed, added] : [{ path: diff.new_path, type: 'M' }];
}
