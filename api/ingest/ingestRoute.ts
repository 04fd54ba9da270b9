import { envelopeError } from '../../domain/ingest/envelopeError.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import type { ApiResponse } from '../http/apiResponse.ts';
import { errorResponse } from '../http/errorResponse.ts';
import { readCredentials } from './credentials.ts';
import { acceptedEncodings, decodeBody, readContentEncoding } from './decodeBody.ts';
import type { Sender } from './readEnvelope.ts';
import { isId } from '../validation/isId.ts';

/** Browsers of any origin may send, and read why something was refused (traces-health 4.1). */
const corsHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'x-sentry-error,x-sentry-rate-limits,retry-after',
} as const;

const preflightHeaders = {
  ...corsHeaders,
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers':
    'x-sentry-auth,x-requested-with,x-forwarded-for,origin,referer,accept,content-type,authentication,authorization,content-encoding,transfer-encoding',
  'Access-Control-Max-Age': '3600',
} as const;

/** Answers the question that browsers ask before they send. */
export function answerPreflight(): Promise<ApiResponse> {
  return Promise.resolve({ status: 200, headers: preflightHeaders });
}

type Receive = (
  body: AsyncIterable<Uint8Array>,
  sender: Sender,
  context: AppContext,
) => Promise<ApiResponse>;

/**
 * What all ingestion endpoints have in common: project and key instead of a token, compressed bodies, CORS headers on
 * every answer, errors too.
 */
export function ingestHandler(
  receive: Receive,
): (request: ApiRequest, context: AppContext) => Promise<ApiResponse> {
  return async (request, context) => {
    const response = await receiveFrom(request, context, receive).catch((error: unknown) =>
      errorResponse(error, request.id, context.logger),
    );
    return { ...response, headers: { ...corsHeaders, ...response.headers } };
  };
}

async function receiveFrom(
  request: ApiRequest,
  context: AppContext,
  receive: Receive,
): Promise<ApiResponse> {
  const projectId = request.param('project_id');
  if (!isId(projectId)) throw envelopeError('invalid project path parameter');
  const publicKey = readCredentials(request);
  const encoding = readContentEncoding(request.header('content-encoding'));
  if (encoding === null) return { status: 415, headers: { 'Accept-Encoding': acceptedEncodings } };
  return receive(
    decodeBody(request.pieces(), encoding),
    { projectId, publicKey, requireKey: (key) => context.ingest.keys.require(key, projectId) },
    context,
  );
}
