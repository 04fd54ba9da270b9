/** What a handler answers; the router turns it into HTTP. */
export type ApiResponse = Readonly<{
  status: number;
  /** Undefined means no body. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}>;

export function ok(body: unknown, headers?: Readonly<Record<string, string>>): ApiResponse {
  return headers === undefined ? { status: 200, body } : { status: 200, body, headers };
}

export function noContent(): ApiResponse {
  return { status: 204 };
}
