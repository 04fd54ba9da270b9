import { z } from 'zod';
import type { Chunk } from './chunk.ts';
import { exec, maybeOne, type Queryable, type Transaction } from './pool.ts';

/** A key, in the hands of the request that claims it. */
export type Claim = Readonly<{
  /** Of this request alone, so that one which lost the key to another changes nothing any more. */
  id: string;
  principal: string;
  key: string;
  requestHash: Buffer;
}>;

/**
 * Takes a key that nobody has used, or one whose request began so long ago that it has died without an answer. Another
 * request does not take it over: what the one before it has done is not known.
 * @returns false when the key is somebody else's.
 */
export async function claimKey(
  db: Queryable,
  claim: Claim,
  leaseSeconds: number,
): Promise<boolean> {
  const claimed = await exec(db, {
    name: 'claimKey',
    text: `insert into idempotent_answer (principal, key, request_hash, claim)
           values ($1, $2, $3, $4)
           on conflict on constraint idempotent_answer_pkey do update
             set claim = excluded.claim, claimed_at = now()
           where idempotent_answer.status is null
             and idempotent_answer.request_hash = excluded.request_hash
             and idempotent_answer.claimed_at < now() - make_interval(secs => $5)`,
    values: [claim.principal, claim.key, claim.requestHash, claim.id, leaseSeconds],
  });
  return claimed === 1;
}

const keptAnswerRow = z
  .object({
    request_hash: z.instanceof(Buffer),
    status: z.number().nullable(),
    answer: z.instanceof(Buffer).nullable(),
  })
  .transform((row) => ({ bodyHash: row.request_hash, status: row.status, answer: row.answer }));

/** Null when the request that had the key was refused meanwhile. */
export function findKeptAnswer(
  db: Queryable,
  { principal, key }: Claim,
): Promise<z.output<typeof keptAnswerRow> | null> {
  return maybeOne(db, keptAnswerRow, {
    name: 'findKeptAnswer',
    text: `select request_hash, status, answer from idempotent_answer where principal = $1 and key = $2`,
    values: [principal, key],
  });
}

export async function keepAnswer(
  db: Queryable,
  { id, principal, key }: Claim,
  { status, answer }: Readonly<{ status: number; answer: Buffer | null }>,
): Promise<void> {
  await exec(db, {
    name: 'keepAnswer',
    text: `update idempotent_answer set status = $4, answer = $5
            where principal = $1 and key = $2 and claim = $3`,
    values: [principal, key, id, status, answer],
  });
}

/** The key is free again: what was refused is not remembered. */
export async function releaseKey(db: Queryable, { id, principal, key }: Claim): Promise<void> {
  await exec(db, {
    name: 'releaseKey',
    text: `delete from idempotent_answer
            where principal = $1 and key = $2 and claim = $3 and status is null`,
    values: [principal, key, id],
  });
}

/** Answers are small, but for a few. */
const CHUNK_ANSWERS = 500;

/** Deletes the oldest answers of more than so many days ago. */
export async function expireAnswers(tx: Transaction, days: number): Promise<Chunk> {
  const rows = await exec(tx, {
    name: 'expireAnswers',
    text: `delete from idempotent_answer
            where ctid = any(array(
                    select ctid from idempotent_answer
                     where created_at < now() - make_interval(days => $1)
                     order by created_at
                     limit $2))`,
    values: [days, CHUNK_ANSWERS],
  });
  return { rows, cursor: rows === CHUNK_ANSWERS ? '' : null };
}
