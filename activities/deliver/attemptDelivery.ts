import {
  disableWebhook,
  findDeliveryJob,
  recordAttempt,
  type Attempt,
} from '../../db/outbox/deliveryState.ts';
import type { Pool } from '../../db/pool.ts';
import { sendOutbound, type OutboundReply } from '../../infra/outboundHttp.ts';
import { UnsafeUrlError, type UrlPolicy } from '../../infra/outboundUrl.ts';
import type { SecretBox } from '../../infra/secretBox.ts';
import { deliveryRequest, GONE, type DeliveryRequest } from './deliveryRequest.ts';
import type { AttemptInput, AttemptResult } from './deliverActivities.ts';

/** What a receiver needs that takes the delivery first and works later; the next attempt is for all others. */
const ATTEMPT_TIMEOUT_MS = 10_000;

/** Bounds the memory of a worker, whatever receivers answer. */
const REPLY_BYTES_MAX = 256 * 1_024;

/** Enough to see what went wrong; also a constraint of the column. */
const STORED_CHARACTERS_MAX = 1_024;

/** Receivers may ask for longer pauses than ours, but not for ones that look like a loss. */
const RETRY_AFTER_MAX_MS = 6 * 3_600_000;

type Dependencies = Readonly<{ pool: Pool; secrets: SecretBox; policy: UrlPolicy }>;

/** How an exchange went, before it is known whether another one follows. */
type Exchange = Readonly<{
  outcome: 'delivered' | 'refused' | 'failed';
  status: number | null;
  response: string | null;
  error: string | null;
  retryAfterMs: number | null;
}>;

/**
 * One attempt at a delivery. Failures of the target are results, paced by the workflow. A worker that dies between the
 * exchange and its record makes the target hear of it again, under the same delivery id.
 */
export async function attemptDelivery(
  deps: Dependencies,
  input: AttemptInput,
): Promise<AttemptResult> {
  const job = await findDeliveryJob(deps.pool, input.deliveryId);
  // Its subscriber was deleted, and the delivery with it.
  if (job === null) return { state: 'failed', afterMs: null, reason: 'Its target was deleted.' };
  if (job.state !== 'pending') return { state: job.state, afterMs: null };
  const prepared = await deliveryRequest(deps, job);
  const exchange =
    'unsendable' in prepared ? failed(prepared.unsendable) : await send(prepared, deps.policy);
  if (exchange.status === GONE && job.webhook !== null) {
    await disableWebhook(deps.pool, job.webhook.id);
  }
  const attempt = judge(exchange, input);
  await recordAttempt(deps.pool, job.id, attempt);
  return { state: attempt.state, afterMs: attempt.afterMs, reason: attempt.error };
}

async function send(request: DeliveryRequest, policy: UrlPolicy): Promise<Exchange> {
  const { method, url, headers, body, finalStatuses } = request;
  try {
    const reply = await sendOutbound({
      method,
      url,
      headers,
      body,
      policy,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
      replyBytesMax: REPLY_BYTES_MAX,
    });
    return readReply(reply, finalStatuses);
  } catch (error) {
    const reason = describe(error);
    if (error instanceof UnsafeUrlError) return failed(`Not sent: ${reason}.`);
    return { ...failed(reason), outcome: 'refused' };
  }
}

function readReply(reply: OutboundReply, finalStatuses: readonly number[]): Exchange {
  const { status, headers, body } = reply;
  // NUL characters cannot be stored, and half a character at the end is of no use.
  const response = body
    .toString('utf8')
    .replaceAll('\u0000', '')
    .slice(0, STORED_CHARACTERS_MAX)
    .toWellFormed();
  if (status >= 200 && status < 300) {
    return { outcome: 'delivered', status, response, error: null, retryAfterMs: null };
  }
  const isFinal = finalStatuses.includes(status);
  const hint = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return {
    outcome: isFinal ? 'failed' : 'refused',
    status,
    response,
    error: `The target answered ${status}${hint}.`,
    retryAfterMs: parseRetryAfter(headers['retry-after'], Date.now()),
  };
}

/** Whether there is another attempt, and when. */
function judge(exchange: Exchange, { pauseMs, remainingMs }: AttemptInput): Attempt {
  const { outcome, status, response, error, retryAfterMs } = exchange;
  const base = { status, response, error };
  if (outcome !== 'refused') return { ...base, state: outcome, afterMs: null };
  const afterMs = Math.max(pauseMs, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
  if (afterMs <= remainingMs) return { ...base, state: 'pending', afterMs };
  return { ...base, state: 'failed', error: `Given up. ${error ?? ''}`.trim(), afterMs: null };
}

function failed(error: string): Exchange {
  return { outcome: 'failed', status: null, response: null, error, retryAfterMs: null };
}

/** Seconds, or a date. */
function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function describe(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const text = name === 'TimeoutError' ? 'The target did not answer in time.' : message;
  return text.slice(0, STORED_CHARACTERS_MAX);
}
