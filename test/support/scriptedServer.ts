import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeReply = { status?: number; headers?: Record<string, string>; body?: unknown };
export type FakeRequest = { path: string; query: URLSearchParams; headers: IncomingHttpHeaders };

/** How a request goes wrong: a reply, a reply cut off, a connection cut off, or none at all. */
export type Failure = FakeReply | 'truncate' | 'reset' | 'hang';

export type ScriptedServer = {
  url: string;
  /** What was asked for, as path and query, with the status that it got (0: none). */
  requests: { url: string; status: number; headers: IncomingHttpHeaders }[];
  /** Called with every request before it is answered. */
  onRequest: (() => void) | null;
  /** The next `times` requests that match fail so. */
  fail: (match: RegExp, failure: Failure, times?: number) => void;
  reset: () => void;
  close: () => Promise<void>;
};

/** A JSON API on loopback with ETags and a script of failures. */
export async function startScriptedServer(
  answer: (request: FakeRequest) => FakeReply,
): Promise<ScriptedServer> {
  let script: { match: RegExp; failure: Failure; times: number }[] = [];
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const entry = { url: request.url ?? '', status: 0, headers: request.headers };
    server.requests.push(entry);
    server.onRequest?.();
    const planned = script.find(({ match, times }) => times > 0 && match.test(request.url ?? ''));
    if (planned) planned.times -= 1;
    const reply = () =>
      answer({ path: decodeURI(url.pathname), query: url.searchParams, headers: request.headers });
    if (planned?.failure === 'hang') return;
    if (planned?.failure === 'reset') return void request.socket.destroy();
    if (planned?.failure === 'truncate') {
      response.end(JSON.stringify(reply().body).slice(0, -20));
      entry.status = 200;
      return;
    }
    entry.status = send(response, planned?.failure ?? reply(), request.headers);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    onRequest: null,
    fail: (match, failure, times = Infinity) => script.push({ match, failure, times }),
    reset: () => {
      script = [];
      server.onRequest = null;
      server.requests.length = 0;
    },
    close: async () => {
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
  return server;
}

function send(response: ServerResponse, reply: FakeReply, asked: IncomingHttpHeaders): number {
  const body = JSON.stringify(reply.body ?? {});
  const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
  const status = asked['if-none-match'] === etag ? 304 : (reply.status ?? 200);
  const headers = { 'content-type': 'application/json', etag, ...reply.headers };
  response.writeHead(status, headers).end(status === 304 ? undefined : body);
  return status;
}
