/**
 * The closed set of things that can go wrong, as values that cross process borders.
 * `message` is always safe to show to a client; what is not goes into `cause` and the log.
 */
export class AppError extends Error {
  /** Stable across serialisation: errors that crossed Temporal are no longer instances of a class. */
  readonly code: ErrorCode;
  /** Body for the client when it is more than `{ detail: message }`. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfterMs: number | undefined;
  /** What HTTP wants said beside the body: which methods are allowed, which scopes are missing. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      body?: Record<string, unknown>;
      retryAfterMs?: number;
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.body = options.body;
    this.retryAfterMs = options.retryAfterMs;
    this.headers = options.headers ?? {};
  }
}

/** Every code with the HTTP status it answers; nothing else decides statuses. */
export const errorStatus = {
  resource_moved: 302,
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  rate_limited: 429,
  unavailable: 503,
  permanent: 502,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** Missing, or the caller may not know that it exists: one text for both, so that they cannot be told apart. */
export function notFound(): AppError {
  return new AppError('not_found', 'The requested resource does not exist');
}

/** `{"field": ["message"]}`, the shape of releases-api 1.2. */
export function fieldError(field: string, message: string): AppError {
  return new AppError('invalid_input', message, { body: { [field]: [message] } });
}

/** `{"detail": "message"}` with status 400. */
export function badRequest(message: string): AppError {
  return new AppError('invalid_input', message);
}

/** A part is down or full; nothing was accepted, and the same call may be sent again. */
export function unavailable(message: string, retryAfterMs = 1_000, cause?: unknown): AppError {
  return new AppError('unavailable', message, { retryAfterMs, cause });
}

/** Any thrown value as an AppError; never throws itself. */
export function toAppError(thrown: unknown): AppError {
  return thrown instanceof AppError
    ? thrown
    : new AppError('internal', 'Internal Error', { cause: thrown });
}
