import { errorStatus, toAppError } from '../../domain/errors.ts';
import { isDatabaseOutage } from '../../db/pgErrors.ts';
import type { Logger } from '../../infra/logger.ts';
import { ApiError } from '../internal/apiError.ts';
import type { ApiResponse } from './apiResponse.ts';

/**
 * The one place where what went wrong becomes HTTP. Messages of unknown errors stay in the log under the request id.
 */
export function errorResponse(thrown: unknown, requestId: string, logger: Logger): ApiResponse {
  if (thrown instanceof ApiError) return thrown.response;
  if (isDatabaseOutage(thrown)) {
    logger.warn({ err: thrown, requestId }, 'The database cannot be used for now');
    return {
      status: 503,
      body: {
        detail:
          'The service is temporarily unavailable. Try again; a repeat with the same Idempotency-Key is safe.',
      },
      headers: { 'Retry-After': '1' },
    };
  }
  const error = toAppError(thrown);
  const status = errorStatus[error.code];
  const headers: Record<string, string> = { ...error.headers };
  if (status === 401) headers['WWW-Authenticate'] = 'xBasic realm="api"';
  if (error.retryAfterMs !== undefined) {
    headers['Retry-After'] = String(Math.ceil(error.retryAfterMs / 1_000));
  }
  if (error.code === 'internal') {
    logger.error({ err: error.cause ?? error, requestId }, 'A request failed unexpectedly');
    return { status, body: { detail: 'Internal Error', errorId: requestId }, headers };
  }
  return { status, body: error.body ?? { detail: error.message }, headers };
}
