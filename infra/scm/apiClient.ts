import { createHash } from 'node:crypto';
import { z } from 'zod';
import { sendOutbound, type OutboundReply } from '../outboundHttp.ts';
import type { UrlPolicy } from '../outboundUrl.ts';
import { apiError } from './apiErrors.ts';
import { ScmError } from './errors.ts';
import type { ScmContext, ScmRepository } from './provider.ts';
import type { ResponseCache } from './responseCache.ts';
import { toScmError } from './toScmError.ts';

export type ApiOptions = Readonly<{
  policy: UrlPolicy;
  cache: ResponseCache;
  /** For one request. */
  requestTimeoutMs?: number;
}>;

/** A reply that was understood, or one of the statuses whose meaning depends on what was asked. */
export type ApiReply<T> =
  | Readonly<{ kind: 'ok'; value: T; next: string | null }>
  | Readonly<{ kind: 'missing'; status: 404 | 409 | 422; detail: string }>;

/** Longer than hosts think about a range, and below the 20 s after which an attempt without heartbeat is dead. */
const REQUEST_TIMEOUT_MS = 15_000;
/** A commit of 300 files comes with their patches, which may be long. */
const REPLY_BYTES_MAX = 32 * 1024 * 1024;
/** Renamed repositories answer with one. */
const REDIRECTS_MAX = 3;
const USER_AGENT = 'slipway';

const messageSchema = z.object({ message: z.string() });

/** Reads a REST API of one host for one repository. */
export class ApiClient {
  private readonly baseUrl: string;
  private readonly repository: ScmRepository;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly options: ApiOptions;
  private readonly context: ScmContext;

  constructor(
    baseUrl: string,
    repository: ScmRepository,
    headers: Readonly<Record<string, string>>,
    options: ApiOptions,
    context: ScmContext,
  ) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.repository = repository;
    const { token } = repository;
    this.headers = {
      'user-agent': USER_AGENT,
      ...headers,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    };
    this.options = options;
    this.context = context;
  }

  /**
   * One GET. `path` starts with a slash, or is the `next` of an earlier reply; `about` is the commit or range that
   * messages name.
   * @throws ScmError for everything but success and `missing`.
   */
  async get<T>(path: string, schema: z.ZodType<T>, about?: string): Promise<ApiReply<T>> {
    const subject = { repository: this.repository.name, sha: about };
    const url = path.startsWith('/') ? this.baseUrl + path : this.sameOrigin(path, about);
    const key = this.cacheKey(url);
    const cached = await this.cached(key, schema);
    const reply = await this.send(url, cached?.etag, about);
    this.context.heartbeat();
    if (reply.status === 304 && cached !== null) {
      return { kind: 'ok', value: cached.value, next: cached.next };
    }
    if (reply.status === 404 || reply.status === 409 || reply.status === 422) {
      return { kind: 'missing', status: reply.status, detail: messageOf(reply) };
    }
    if (reply.status !== 200) throw apiError(reply, subject);
    const parsed = schema.safeParse(parseJson(reply));
    if (!parsed.success) {
      const detail = 'the reply is cut off or not what its API promises';
      throw new ScmError('transient', { ...subject, detail }, { cause: parsed.error });
    }
    const next = nextLink(reply);
    const { etag } = reply.headers;
    if (etag !== undefined) {
      await this.options.cache.set(key, { etag, body: parsed.data, next }).catch(() => undefined);
    }
    return { kind: 'ok', value: parsed.data, next };
  }

  /** An entry of an older version of ours, with another shape, is none. */
  private async cached<T>(
    key: string,
    schema: z.ZodType<T>,
  ): Promise<{ etag: string; value: T; next: string | null } | null> {
    const reply = await this.options.cache.get(key).catch(() => null);
    const parsed = schema.safeParse(reply?.body);
    return reply !== null && parsed.success
      ? { etag: reply.etag, value: parsed.data, next: reply.next }
      : null;
  }

  private async send(
    url: string,
    etag: string | undefined,
    about?: string,
  ): Promise<OutboundReply> {
    try {
      return await sendOutbound({
        url,
        headers: { ...this.headers, ...(etag === undefined ? {} : { 'if-none-match': etag }) },
        policy: this.options.policy,
        timeoutMs: this.options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
        replyBytesMax: REPLY_BYTES_MAX,
        redirectsMax: REDIRECTS_MAX,
        signal: this.context.signal,
      });
    } catch (error) {
      this.context.signal.throwIfAborted();
      throw toScmError(error, { repository: this.repository.name, sha: about });
    }
  }

  /** The token must not follow a link to another host. */
  private sameOrigin(link: string, about?: string): string {
    const url = URL.canParse(link, this.baseUrl) ? new URL(link, this.baseUrl) : null;
    if (url?.origin === new URL(this.baseUrl).origin) return url.href;
    const detail = 'the host links elsewhere';
    throw new ScmError('refused', { repository: this.repository.name, sha: about, detail });
  }

  /** One reader's replies must not answer another's requests. */
  private cacheKey(url: string): string {
    const text = JSON.stringify([url, this.headers]);
    return createHash('sha256').update(text).digest('hex');
  }
}

/** Undefined, which no schema takes, when it is not JSON. */
function parseJson({ body }: OutboundReply): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** For telling cases apart, never for showing. */
function messageOf(reply: OutboundReply): string {
  const parsed = messageSchema.safeParse(parseJson(reply));
  return parsed.success ? parsed.data.message : '';
}

function nextLink({ headers }: OutboundReply): string | null {
  const { link } = headers;
  const text = Array.isArray(link) ? link.join(',') : (link ?? '');
  return /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(text)?.[1] ?? null;
}
