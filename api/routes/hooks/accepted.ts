import type { ApiResponse } from '../../http/apiResponse.ts';

/** Hosts call everything below 300 a success, and people read the answer in their settings. */
export function accepted(detail: string): ApiResponse {
  return { status: 202, body: { detail } };
}
