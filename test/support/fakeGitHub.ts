import { FakeHistory, type FakeCommit } from './fakeHistory.ts';
import {
  startScriptedServer,
  type FakeReply,
  type FakeRequest,
  type ScriptedServer,
} from './scriptedServer.ts';

export type FakeGitHub = ScriptedServer & {
  history: FakeHistory;
  /** Old servers know no pages of comparisons. */
  isPaged: boolean;
  /** 300 on the real one. */
  filesPerPage: number;
};

/** `acme/web` on a GitHub Enterprise of its own, with replies in the shape of the real ones. */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const server = await startScriptedServer((request) => answer(fake, request));
  const fake: FakeGitHub = Object.assign(server, {
    history: new FakeHistory(),
    isPaged: true,
    filesPerPage: 300,
  });
  return fake;
}

function answer(fake: FakeGitHub, { path, query }: FakeRequest): FakeReply {
  const { history } = fake;
  const [, rest] = /^\/api\/v3\/repos\/acme\/web(\/.*)?$/.exec(path) ?? [];
  if (!path.startsWith('/api/v3/repos/acme/web')) return error(404, 'Not Found');
  if (rest === undefined) return { body: { id: 1, full_name: 'acme/web' } };
  if (history.commits.size === 0) return error(409, 'Git Repository is empty.');
  const [, base, head] = /^\/compare\/(.+)\.\.\.(.+)$/.exec(rest) ?? [];
  if (base !== undefined && head !== undefined) return compare(fake, base, head, query);
  if (rest === '/commits') return listCommits(fake, query);
  const ref = decodeURIComponent(rest.replace('/commits/', ''));
  const commit = history.find(ref);
  return commit === undefined
    ? error(422, `No commit found for SHA: ${ref}`)
    : details(fake, commit, Number(query.get('page') ?? 1), path);
}

function compare(
  fake: FakeGitHub,
  baseRef: string,
  headRef: string,
  query: URLSearchParams,
): FakeReply {
  const { history } = fake;
  const [base, head] = [history.find(baseRef), history.find(headRef)];
  if (base === undefined || head === undefined) return error(404, 'Not Found');
  const mergeBase = history.mergeBase(base.sha, head.sha);
  if (mergeBase === undefined)
    return error(404, `No common ancestor between ${baseRef} and ${headRef}.`);
  const ahead = history.range(base.sha, head.sha).reverse();
  const behind = history.range(head.sha, base.sha);
  const [size, page] = [Number(query.get('per_page') ?? 250), Number(query.get('page') ?? 1)];
  const commits = fake.isPaged ? ahead.slice((page - 1) * size, page * size) : ahead.slice(-250);
  const statuses = [
    ['identical', 'ahead'],
    ['behind', 'diverged'],
  ] as const;
  return {
    body: {
      status: statuses[behind.length > 0 ? 1 : 0][ahead.length > 0 ? 1 : 0],
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: summary(base),
      merge_base_commit: summary(mergeBase),
      commits: commits.map(summary),
      files: [],
    },
  };
}

function listCommits({ history }: FakeGitHub, query: URLSearchParams): FakeReply {
  const head = history.find(query.get('sha') ?? 'HEAD');
  if (head === undefined) return error(404, 'Not Found');
  return {
    body: history
      .ancestors(head.sha)
      .slice(0, Number(query.get('per_page') ?? 30))
      .map(summary),
  };
}

function details(fake: FakeGitHub, commit: FakeCommit, page: number, path: string): FakeReply {
  const end = page * fake.filesPerPage;
  const files = commit.files
    .slice(end - fake.filesPerPage, end)
    .map(({ path: filename, status, from }) => ({
      sha: '0'.repeat(40),
      filename,
      status,
      additions: 1,
      deletions: 1,
      patch: '@@ -1 +1 @@',
      ...(from === undefined ? {} : { previous_filename: from }),
    }));
  const links = [
    ...(page > 1 ? [`<${fake.url}${path}?page=${page - 1}>; rel="prev"`] : []),
    ...(end < commit.files.length ? [`<${fake.url}${path}?page=${page + 1}>; rel="next"`] : []),
  ];
  const headers = links.length === 0 ? {} : { link: links.join(', ') };
  return { headers, body: { ...summary(commit), stats: { total: 2 }, files } };
}

function summary({ sha, parents, message, authorName, authorEmail, date }: FakeCommit) {
  return {
    sha,
    node_id: 'C_x',
    commit: {
      message,
      author: authorName === null ? null : { name: authorName, email: authorEmail, date },
      committer: { name: 'GitHub', email: 'noreply@github.com', date: '2026-06-01T00:00:00Z' },
      tree: { sha: '0'.repeat(40) },
    },
    author: null,
    parents: parents.map((parent) => ({ sha: parent })),
  };
}

function error(status: number, message: string): FakeReply {
  return {
    status,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}
