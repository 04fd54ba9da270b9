import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { resumeSignal } from '../workflows/messages.ts';
import { useActorBench } from './support/actor.ts';

/**
 * Many callers write one release at the same time:
 *   1. twenty different writes: each is answered with its result, none is refused, the state is the sum of them
 *   2. twenty callers with one Idempotency-Key: one effect, one answer
 *   3. one key ten times in a row; the same key with another body
 *   4. writes that were stored while nobody applied them: applied in the order of the mailbox
 */
const bench = useActorBench();
const releases = '/api/0/organizations/acme/releases/';
const create = (version: string) =>
  bench.slipway.call('POST', releases, { body: { version, projects: ['web'] } });
const commits = (digit: string) =>
  Array.from({ length: 3 }, (_, index) => ({
    id: `${digit}${index}`.padEnd(40, '0'),
    repository: 'acme/web',
    message: `commit ${index}`,
  }));

describe.each([
  { cache: 'cached workflows', maxCachedWorkflows: 200 },
  { cache: 'a replay for every task', maxCachedWorkflows: 0 },
])('with $cache', ({ maxCachedWorkflows }) => {
  test('twenty writers of one release all succeed, and the release is the sum of their writes', async () => {
    await bench.startWorker({ maxCachedWorkflows });
    const version = `parallel-${maxCachedWorkflows}`;
    const path = `${releases}${version}/`;
    await create(version);
    const call = bench.slipway.call.bind(bench.slipway);
    const writes = Array.from({ length: 20 }, (_, index) => {
      if (index % 4 === 0) return create(version);
      if (index % 4 === 1)
        return call('PUT', path, {
          body: { dateReleased: '2026-01-01T00:00:00Z', ref: `r${index}` },
        });
      if (index % 4 === 2)
        return call('POST', `${path}deploys/`, {
          body: { environment: 'prod', name: `d${index}` },
        });
      return call('PUT', path, { body: { commits: commits(String(index % 10)) } });
    });
    const answers = await Promise.all(writes);

    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => [208, 200, 201, 200]).flat(),
    );
    const operations = await bench.operations(version);
    expect(operations.map(({ status }) => status)).toEqual(Array(21).fill('done'));
    expect(await bench.release(version)).toMatchObject({
      applied_revision: 21,
      total_deploys: 5,
      deploys: 5,
      commits: 3,
      commit_count: 3,
      date_released: expect.stringContaining('2026-01-01'),
    });
  });
});

test('twenty callers with one Idempotency-Key have one effect and one answer', async () => {
  await bench.startWorker();
  await create('keyed');
  const headers = { 'Idempotency-Key': randomUUID() };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      bench.slipway.call('POST', `${releases}keyed/deploys/`, {
        headers,
        body: { environment: 'prod' },
      }),
    ),
  );
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(201);
  expect((await bench.release('keyed'))?.deploys).toBe(1);
  expect(await bench.operations('keyed')).toHaveLength(2);
});

test('a key gives its first answer ten times in a row, and 422 for another body or another endpoint', async () => {
  await bench.startWorker();
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = { version: 'repeated', projects: ['web'] };
  const answers = [];
  for (let index = 0; index < 10; index += 1) {
    answers.push(await bench.slipway.call('POST', releases, { headers, body }));
  }
  // Without the key every repeat would be 208.
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]!.status).toBe(201);
  const other = await bench.slipway.call('POST', releases, {
    headers,
    body: { ...body, ref: 'main' },
  });
  expect(other.status).toBe(422);
  expect(other.body).toEqual({ detail: expect.any(String) });
  const elsewhere = await bench.slipway.call('PUT', `${releases}repeated/`, { headers, body });
  expect(elsewhere.status).toBe(422);
  expect(await bench.operations('repeated')).toHaveLength(1);
});

test('what a paused release was sent in parallel is applied in the order of the mailbox, page after page', async () => {
  await bench.startWorker();
  const version = 'ordered';
  await bench.startActor(version);
  await bench.pause(version);
  const mailbox = bench.mailbox();
  await mailbox.submit(bench.operation(version, 'create'), 'acme');
  const kinds = ['finalize', 'deploy', 'commits'] as const;
  const settled = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      mailbox.submit(bench.operation(version, kinds[index % 3]!), 'acme'),
    ),
  );
  expect(settled.every(({ outcome }) => outcome === null)).toBe(true);
  expect(await bench.release(version)).toBeUndefined();

  await bench.handle(version).signal(resumeSignal);
  const operations = await bench.settled(version);
  expect(operations.map(({ status }) => status)).toEqual(Array(101).fill('done'));
  const ends = operations.map(({ finished_at }) => Date.parse(finished_at!));
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(await bench.release(version)).toMatchObject({ applied_revision: 101, deploys: 33 });
});
