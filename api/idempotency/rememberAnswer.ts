import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  claimKey,
  findKeptAnswer,
  keepAnswer,
  releaseKey,
  type Claim,
} from '../../db/idempotentAnswers.ts';
import { isDatabaseOutage } from '../../db/pgErrors.ts';
import { unavailable } from '../../domain/errors.ts';
import { SecretBox } from '../../infra/secretBox.ts';
import { callerOf } from '../access/callerOf.ts';
import type { AppContext } from '../context.ts';
import type { ApiRequest } from '../http/apiRequest.ts';
import { noContent, type ApiResponse } from '../http/apiResponse.ts';
import { hashRequest, readIdempotencyKey } from './idempotencyKey.ts';
import { requireSameRequest } from './requireSameRequest.ts';

/**
 * A request that is silent for this long has died with its process. Too short, and a slow one would be done twice;
 * too long, and clients that try again give up before they may. No request comes near it: statements end at 15 s.
 */
const LEASE_SECONDS = 60;

/** Answers of a change to one thing are kilobytes; what is larger is remembered as done, without its text. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** From as soon as a small write is done to as rarely as a slow one may be asked about. */
const POLL_MS = { first: 10, most: 250 } as const;

/** The repeat comes from a client that retries anyway. */
const RETRY_AFTER_MS = 1_000;

type FirstAnswer = Readonly<{ status: number; answer: Buffer | null }>;

/**
 * Runs a write whose answer, under the Idempotency-Key that it came with, is given again to whoever sends the same
 * request with the same key; those who come while it runs wait for it. What is refused is not remembered.
 *
 * The key is claimed before the write and its answer kept after it, in transactions of their own: a process that dies
 * between the write and its answer leaves a write that a repeat does again once the claim has run out. Writes for which
 * that is too little keep their answer in the transaction of the write (mailbox/answerOnce.ts) or are operations.
 */
export async function rememberAnswer(
  request: ApiRequest,
  context: AppContext,
  write: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const key = readIdempotencyKey(request);
  if (key === null) return write();
  const claim = {
    id: randomUUID(),
    principal: callerOf(request.principal),
    key,
    requestHash: await hashRequestOf(request),
  };
  const earlier = await claimOrFind(claim, context);
  if (earlier !== null) return openAnswer(earlier, context);
  const response = await run(claim, context, write);
  await keep(claim, response, context);
  return response;
}

/** Scopes are part of it: an answer, and the secret that may be in it, is not for a token that reaches less far. */
async function hashRequestOf(request: ApiRequest): Promise<Buffer> {
  const scopes = request.principal.scopes.toSorted().join(' ');
  return createHash('sha256')
    .update(`${scopes}\n`)
    .update(await hashRequest(request))
    .digest();
}

/**
 * Null once the key is claimed for this request.
 * @throws AppError idempotency_mismatch, or unavailable when the first request takes longer than a write waits.
 */
async function claimOrFind(
  claim: Claim,
  { pool, config }: AppContext,
): Promise<FirstAnswer | null> {
  const deadline = Date.now() + config.writeWaitMs;
  for (let pause: number = POLL_MS.first; ; pause = Math.min(2 * pause, POLL_MS.most)) {
    if (await claimKey(pool, claim, LEASE_SECONDS)) return null;
    const earlier = await findKeptAnswer(pool, claim);
    if (earlier !== null) {
      requireSameRequest(earlier, { bodyHash: claim.requestHash });
      const { status, answer } = earlier;
      if (status !== null) return { status, answer };
    }
    if (Date.now() + pause > deadline) {
      throw unavailable(
        'The first request with this Idempotency-Key is not answered yet. Try again.',
        RETRY_AFTER_MS,
      );
    }
    await setTimeout(pause);
  }
}

/** Gives the key back when the write is refused. */
async function run(
  claim: Claim,
  { pool, logger }: AppContext,
  write: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  let isDone = false;
  try {
    const response = await write();
    isDone = response.status < 400;
    return response;
  } finally {
    if (!isDone) {
      await releaseKey(pool, claim).catch((error: unknown) => {
        logger.warn({ err: error }, 'An Idempotency-Key is taken until its claim runs out');
      });
    }
  }
}

async function keep(claim: Claim, response: ApiResponse, context: AppContext): Promise<void> {
  if (response.status >= 400) return;
  const { pool, config, logger } = context;
  const { status, headers, body } = response;
  const text = JSON.stringify({ headers, body });
  const answer =
    Buffer.byteLength(text) > ANSWER_BYTES_MAX ? null : new SecretBox(config.secret).seal(text);
  try {
    await keepAnswer(pool, claim, { status, answer });
  } catch (error) {
    // It is done; a database that went away since must not make it look refused.
    if (!isDatabaseOutage(error)) throw error;
    logger.warn({ err: error }, 'The answer to a keyed write could not be kept');
  }
}

/** What was too large to keep, and what another secret has sealed, is known to be done and no more than that. */
function openAnswer({ status, answer }: FirstAnswer, { config }: AppContext): ApiResponse {
  const text = answer === null ? null : new SecretBox(config.secret).open(answer);
  if (text !== null) return { status, ...(JSON.parse(text) as Omit<ApiResponse, 'status'>) };
  if (status === 204) return noContent();
  return { status, body: { detail: 'This request was done before; its answer is not kept.' } };
}
