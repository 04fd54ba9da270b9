import type { ApiResponse } from '../http/apiResponse.ts';

/** What an endpoint refused when it was called from inside; answers the caller outside the same, unless it is caught. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly response: ApiResponse;

  constructor(response: ApiResponse) {
    super(`${response.status}: ${JSON.stringify(response.body)}`);
    this.response = response;
  }

  get status(): number {
    return this.response.status;
  }

  get body(): unknown {
    return this.response.body;
  }
}
