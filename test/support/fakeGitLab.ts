import { FakeHistory, type FakeCommit } from './fakeHistory.ts';
import {
  startScriptedServer,
  type FakeReply,
  type FakeRequest,
  type ScriptedServer,
} from './scriptedServer.ts';

export type FakeGitLab = ScriptedServer & {
  history: FakeHistory;
  /** What an instance lists of one commit at the most, without saying so. */
  filesMax: number;
};

const PROJECT = '/api/v4/projects/acme%2Fweb';

/** `acme/web` on a GitLab of its own, with replies in the shape of the real ones. */
export async function startFakeGitLab(): Promise<FakeGitLab> {
  const server = await startScriptedServer((request) => answer(fake, request));
  const fake: FakeGitLab = Object.assign(server, { history: new FakeHistory(), filesMax: 3_000 });
  return fake;
}

function answer(fake: FakeGitLab, { path, query }: FakeRequest): FakeReply {
  const { history } = fake;
  if (!path.startsWith(PROJECT)) return error('404 Project Not Found');
  const rest = path.slice(PROJECT.length);
  if (rest === '') return { body: { id: 7, empty_repo: history.commits.size === 0 } };
  if (rest === '/repository/commits') return listCommits(fake, query);
  if (rest === '/repository/merge_base') return mergeBase(fake, query.getAll('refs[]'));
  if (rest === '/repository/compare') return compare(fake, query.get('from'), query.get('to'));
  const [, ref = '', diff] = /^\/repository\/commits\/([^/]+)(\/diff)?$/.exec(rest) ?? [];
  const commit = history.find(decodeURIComponent(ref));
  if (commit === undefined) return error('404 Commit Not Found');
  return diff === undefined ? { body: summary(commit) } : diffs(fake, commit, query);
}

function listCommits({ history }: FakeGitLab, query: URLSearchParams): FakeReply {
  const [base, head] = (query.get('ref_name') ?? 'HEAD').split('..');
  const [from, to] = [history.find(base ?? ''), history.find(head ?? base ?? '')];
  if (from === undefined || to === undefined) return error('404 Commit Not Found');
  const commits = head === undefined ? history.ancestors(to.sha) : history.range(from.sha, to.sha);
  return { body: paged(commits, query).map(summary) };
}

function mergeBase({ history }: FakeGitLab, refs: string[]): FakeReply {
  const [base, head] = refs.map((ref) => history.find(ref));
  const found = base && head && history.mergeBase(base.sha, head.sha);
  return found ? { body: summary(found) } : error('404 Merge Base Not Found');
}

/** Without pages, oldest first; nothing for histories that never met. */
function compare({ history }: FakeGitLab, from: string | null, to: string | null): FakeReply {
  const [base, head] = [history.find(from ?? ''), history.find(to ?? '')];
  if (base === undefined || head === undefined) return error('404 Ref Not Found');
  const isMet = history.mergeBase(base.sha, head.sha) !== undefined;
  const commits = isMet ? history.range(base.sha, head.sha).reverse() : [];
  return {
    body: {
      commits: commits.map(summary),
      diffs: [],
      compare_timeout: false,
      compare_same_ref: false,
    },
  };
}

function diffs({ filesMax }: FakeGitLab, commit: FakeCommit, query: URLSearchParams): FakeReply {
  const body = paged(commit.files.slice(0, filesMax), query).map(({ path, status, from }) => ({
    old_path: from ?? path,
    new_path: path,
    a_mode: '100644',
    b_mode: '100644',
    new_file: status === 'added',
    renamed_file: status === 'renamed',
    deleted_file: status === 'removed',
    diff: '@@ -1 +1 @@',
  }));
  return { body };
}

function paged<T>(items: readonly T[], query: URLSearchParams): T[] {
  const [size, page] = [Number(query.get('per_page') ?? 20), Number(query.get('page') ?? 1)];
  return items.slice((page - 1) * size, page * size);
}

function summary({ sha, parents, message, authorName, authorEmail, date }: FakeCommit) {
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    parent_ids: parents,
    title: message.split('\n')[0],
    message: `${message}\n`,
    author_name: authorName,
    author_email: authorEmail,
    authored_date: date.replace('Z', '+00:00'),
    committed_date: '2026-06-01T00:00:00.000+00:00',
    created_at: '2026-06-01T00:00:00.000+00:00',
  };
}

function error(message: string): FakeReply {
  return { status: 404, body: { message } };
}
