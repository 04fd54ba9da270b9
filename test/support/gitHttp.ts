import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type GitHttpServer = {
  /** `http://127.0.0.1:port`; repositories are at their folder's path below the root. */
  url: string;
  requests: { method: string; url: string; authorization: string | undefined }[];
  /** Answers this instead of git, as long as it answers anything (a status, or false to hang). */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  close: () => Promise<void>;
};

/** Serves the repositories below `root` over smart HTTP with `git http-backend`. */
export async function serveGit(root: string): Promise<GitHttpServer> {
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    gitServer.requests.push({ method, url, authorization: headers.authorization });
    if (gitServer.intercept?.(request, response) === true) return;
    runBackend(root, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gitServer: GitHttpServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    intercept: null,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return gitServer;
}

function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://localhost');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Either side may hang up first.
  backend.stdin.on('error', () => undefined);
  response.on('close', () => backend.kill());
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    writeHead(response, head.subarray(0, end).toString('latin1'));
    response.write(head.subarray(end + 4));
  });
  backend.stdout.on('end', () => response.end());
}

/** The CGI reply of the backend: headers, with the status among them. */
function writeHead(response: ServerResponse, head: string): void {
  const headers = head.split('\r\n').map((line) => line.split(/: (.*)/s).slice(0, 2));
  const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
  const rest = headers.filter(([name]) => name !== 'Status');
  response.writeHead(Number.parseInt(status, 10), Object.fromEntries(rest));
}

/** Git for building repositories: nobody's configuration, one author, a clock that only moves when told. */
export function git(
  cwd: string,
  args: string[],
  options: { input?: Buffer | string; date?: string } = {},
) {
  const date = options.date ?? '2026-01-02T03:04:05+05:30';
  return execFileSync('git', args, {
    cwd,
    input: options.input ?? '',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Zoë Dev',
      GIT_AUTHOR_EMAIL: 'zoe@example.com',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: 'Committer',
      GIT_COMMITTER_EMAIL: 'committer@example.com',
      GIT_COMMITTER_DATE: date,
    },
  })
    .toString('utf8')
    .trim();
}
