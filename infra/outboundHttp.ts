import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { assertSafeUrl, pinnedLookup, type SafeTarget, type UrlPolicy } from './outboundUrl.ts';

export type OutboundRequest = Readonly<{
  method?: 'GET' | 'POST' | 'PATCH';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  policy: UrlPolicy;
  /** For the whole exchange: resolving, connecting, sending and reading. */
  timeoutMs: number;
  /** A longer reply is an error, however it is framed. */
  replyBytesMax: number;
  signal?: AbortSignal;
  /** Redirects of a GET within its own origin, followed at most this often; any other one is the reply. */
  redirectsMax?: number;
}>;

export type OutboundReply = Readonly<{
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}>;

/** The reply is longer than the caller can use. */
export class ReplyTooLargeError extends Error {
  override readonly name = 'ReplyTooLargeError';
}

// Kept connections save a TLS handshake per call; eight of them are more than any one host is asked to bear.
const agentOptions = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: 30_000 };
const agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };

/**
 * Sends one request to a URL that somebody else chose. node:http rather than the global fetch, because only
 * here can a connection be held to the addresses that were checked.
 * @throws UnsafeUrlError, ReplyTooLargeError, the reason of an aborted signal, or the error of the connection.
 */
export async function sendOutbound(request: OutboundRequest): Promise<OutboundReply> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal =
    request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  let url = request.url;
  for (let redirects = 0; ; redirects += 1) {
    signal.throwIfAborted();
    const target = await assertSafeUrl(url, request.policy);
    const reply = await exchange(request, target, signal);
    const next = redirectTarget(request, reply, target.url);
    if (next === null || redirects >= (request.redirectsMax ?? 0)) return reply;
    url = next;
  }
}

function redirectTarget(
  { method = 'GET' }: OutboundRequest,
  { status, headers }: OutboundReply,
  from: string,
): string | null {
  const { location } = headers;
  if (method !== 'GET' || ![301, 302, 303, 307, 308].includes(status)) return null;
  if (location === undefined || !URL.canParse(location, from)) return null;
  const to = new URL(location, from);
  // Another origin must see neither the headers nor a connection from inside this network.
  return to.origin === new URL(from).origin ? to.href : null;
}

async function exchange(
  request: OutboundRequest,
  target: SafeTarget,
  signal: AbortSignal,
  isRetry = false,
): Promise<OutboundReply> {
  const { method = 'GET', headers = {}, body = '' } = request;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isTls = target.scheme === 'https:';
  const sent = (isTls ? httpsRequest : httpRequest)(target.url, {
    method,
    agent: isTls ? agents.https : agents.http,
    headers: {
      'accept-encoding': 'identity',
      ...headers,
      ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    lookup: pinnedLookup(target),
    signal,
  });
  sent.on('response', resolve).on('error', reject).end(body);
  let response: IncomingMessage | undefined;
  try {
    response = await promise;
    return await readReply(response, request.replyBytesMax);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // The server closed an idle connection just as it was used again: nothing was processed.
    const isStale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    if (!isStale || isRetry || method !== 'GET') throw error;
    return await exchange(request, target, signal, true);
  } finally {
    // Whatever is left of a reply that was given up must not keep the connection busy.
    if (response?.complete !== true) sent.destroy();
  }
}

async function readReply(response: IncomingMessage, bytesMax: number): Promise<OutboundReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new ReplyTooLargeError(`The reply is over ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks, bytes),
  };
}
