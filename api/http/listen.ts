import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/**
 * Keep-alive is longer than that of usual proxies, so that they and not we close idle connections; a request that
 * takes longer to arrive than two minutes is not worth waiting for.
 */
const serverOptions = { keepAliveTimeout: 65_000, requestTimeout: 120_000 };

/** What the parser of Node refuses, by the code of its error; everything else is a 400. */
const refusals: Readonly<Record<string, readonly [status: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'Address and headers of the request are larger than 16 KB.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
};

/** Serves an app; also what is no HTTP is answered in JSON. Port 0 takes a free one. */
export async function listen(
  fetch: Hono['fetch'],
  { host, port }: Readonly<{ host: string; port: number }>,
): Promise<Server> {
  const answer = getRequestListener(fetch, { hostname: host, errorHandler: refuseAddress });
  const server = createServer(serverOptions, (request, response) => void answer(request, response));
  server.on('clientError', refuseBytes);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return server;
}

/** The app answers its own errors, so what comes here is an address that is no URL. */
function refuseAddress(): Response {
  return new Response(JSON.stringify({ detail: 'The address of the request is not valid.' }), {
    status: 400,
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': randomUUID() },
  });
}

/** There is no response object yet: the answer is written to the socket. */
function refuseBytes(error: Error & { code?: string }, stream: unknown): void {
  const socket = stream as Socket;
  // A connection that is already gone, or in the middle of an answer, has nobody to tell.
  if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const [status, detail] = refusals[error.code ?? ''] ?? [
    '400 Bad Request',
    'The request is not valid HTTP.',
  ];
  const body = JSON.stringify({ detail });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
      `X-Request-Id: ${randomUUID()}\r\nConnection: close\r\n\r\n${body}`,
  );
}
