import { AppError, notFound } from '../../domain/errors.ts';
import { parseFormBody } from '../validation/formBody.ts';
import { parseJsonBody } from '../validation/jsonBody.ts';
import { unstorableText } from '../validation/textRules.ts';
import type { Principal } from '../access/principal.ts';
import type { ModelReader } from '../../db/cache/model.ts';
import { readBody } from './readBody.ts';

/** Bodies up to this size are read whole: far cheaper than a stream. */
const WHOLE_BYTES_MAX = 1024 * 1024;

/** A request as handlers see it: decoded once, authenticated, nothing read before it is needed. */
export class ApiRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Rows that this request has asked for, once each. */
  readonly models: ModelReader;
  /** Of the connection: a proxy's, where there is one. Null where an app is called without a server. */
  readonly remoteAddress: string | null;
  private readonly raw: Request;
  private readonly params: Readonly<Record<string, string>>;
  private readonly authenticated: Principal | null;
  private bodyBytes: Promise<Uint8Array> | undefined;

  constructor(options: {
    id: string;
    raw: Request;
    path: string;
    query: URLSearchParams;
    params: Readonly<Record<string, string>>;
    principal: Principal | null;
    models: ModelReader;
    remoteAddress: string | null;
  }) {
    this.id = options.id;
    this.raw = options.raw;
    this.method = options.raw.method;
    this.path = options.path;
    this.query = options.query;
    this.models = options.models;
    this.remoteAddress = options.remoteAddress;
    this.params = options.params;
    this.authenticated = options.principal;
  }

  /** @throws AppError not_found when the segment is no text that can be stored: nothing can have that name. */
  param(name: string): string {
    const encoded = this.params[name];
    if (encoded === undefined) throw new TypeError(`The route has no parameter ${name}`);
    const decoded = decodeSegment(encoded);
    if (decoded === null || unstorableText(decoded) !== null) throw notFound();
    return decoded;
  }

  header(name: string): string | null {
    return this.raw.headers.get(name);
  }

  /** The caller of a route that is not public. */
  get principal(): Principal {
    if (this.authenticated === null) throw new TypeError('A public route has no principal');
    return this.authenticated;
  }

  /** The raw body, capped; read once however often it is asked for. */
  bytes(): Promise<Uint8Array> {
    this.bodyBytes ??= readBody(this.raw);
    return this.bodyBytes;
  }

  /** The raw body in pieces, without a cap: whoever reads it counts. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const length = this.header('content-length');
    if (length !== null && Number(length) <= WHOLE_BYTES_MAX) {
      yield new Uint8Array(await this.raw.arrayBuffer());
    } else if (this.raw.body !== null) {
      // A reader that has seen enough must not cancel: that would reset the connection before the answer is sent.
      yield* this.raw.body.values({ preventCancel: true }) as AsyncIterable<Uint8Array>;
    }
  }

  /**
   * The body as plain data; an empty one is an empty object whatever its type (releases-api 1.2).
   * @throws AppError 400 malformed, 413 too large, 415 for other types than JSON and forms.
   */
  async body(listFields: readonly string[] = []): Promise<unknown> {
    const bytes = await this.bytes();
    if (bytes.length === 0) return {};
    const contentType = this.header('content-type') ?? '';
    switch (contentType.split(';', 1)[0]?.trim().toLowerCase()) {
      case 'application/json':
        return parseJsonBody(bytes);
      case 'application/x-www-form-urlencoded':
      case 'multipart/form-data':
        return parseFormBody(bytes, contentType, listFields);
      default:
        throw new AppError(
          'unsupported_media_type',
          `Unsupported media type "${contentType}" in request.`,
        );
    }
  }
}

/** Null for what is not valid percent-encoded UTF-8. */
function decodeSegment(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
