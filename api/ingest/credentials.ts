import { AppError } from '../../domain/errors.ts';
import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import type { ApiRequest } from '../http/apiRequest.ts';

const PUBLIC_KEY = /^[\da-f]{32}$/i;
const PROTOCOL_VERSION_MAX = 7;

/**
 * The public key that a request brings outside of its body, from exactly one source (traces-health 4.1): the header
 * `X-Sentry-Auth`, `Authorization` in the same form or as Basic, or the query string. Null when there is none.
 * @throws AppError unauthenticated for several sources or a malformed one, invalid_input for an impossible key.
 */
export function readCredentials(request: ApiRequest): string | null {
  const sources = [
    fromHeader(request.header('x-sentry-auth')),
    fromAuthorization(request.header('authorization')),
    fromQuery(request.query),
  ].filter((source) => source !== null);
  if (sources.length > 1) throw unauthorized('multiple sources of authorization information');
  const [source] = sources;
  return source === undefined ? null : checkSource(source);
}

/** The project and key of a DSN. @throws AppError invalid_input when it is none. */
export function parseDsn(dsn: string): Readonly<{ publicKey: string; projectId: string }> {
  const url = URL.parse(dsn);
  const projectId = url?.pathname.split('/').findLast((part) => part !== '');
  if (url === null || url.username === '' || projectId === undefined || !/^\d+$/.test(projectId)) {
    throw envelopeError('invalid event envelope', 'dsn in the envelope headers is no DSN');
  }
  return { publicKey: checkKey(url.username), projectId };
}

export function unauthorized(reason: string): AppError {
  return new AppError('unauthenticated', reason);
}

type Source = ReadonlyMap<string, string>;

function fromHeader(header: string | null): Source | null {
  if (header === null) return null;
  const pairs = /^sentry\s+(.*)$/is.exec(header.trim())?.[1];
  if (pairs === undefined) throw unauthorized('bad x-sentry-auth header');
  return new Map(
    pairs.split(',').map((pair) => {
      const [key = '', value = ''] = pair.trim().split(/\s*=\s*/, 2);
      return [key, value];
    }),
  );
}

function fromAuthorization(header: string | null): Source | null {
  const scheme = header?.trim().split(/\s/, 1)[0]?.toLowerCase();
  if (header === null) return null;
  if (scheme === 'sentry') return fromHeader(header);
  if (scheme !== 'basic') return null;
  const credentials = header.trim().slice('basic'.length).trim();
  const [key = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1);
  return new Map([['sentry_key', key]]);
}

function fromQuery(query: URLSearchParams): Source | null {
  const pairs = [...query].filter(([name]) => name.startsWith('sentry_'));
  return pairs.length === 0 ? null : new Map(pairs);
}

function checkSource(source: Source): string {
  const key = source.get('sentry_key');
  if (key === undefined || key === '') throw unauthorized('missing authorization information');
  const version = /^\d+/.exec(source.get('sentry_version') ?? '')?.[0];
  if (version !== undefined && Number(version) > PROTOCOL_VERSION_MAX) {
    throw envelopeError(`unsupported protocol version (${version})`);
  }
  return checkKey(key);
}

function checkKey(key: string): string {
  if (!PUBLIC_KEY.test(key)) throw envelopeError('bad project key');
  return key.toLowerCase();
}
