import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Batcher } from '../infra/batcher.ts';
import { Coalescer } from '../infra/coalescer.ts';

/**
 * Both share calls among callers. Whatever the timing:
 *   - an answer comes from a call that started after its caller asked
 *   - the coalescer has at most one call of a key in flight and one waiting
 *   - the batcher makes one call for all who ask in one turn, and answers each with its own
 *   - a call that fails fails its own callers and nobody else
 */
type Call = { startedAt: number; fails: boolean };

/** Callers of a few keys at random times, calls that end at random times, some with an error: a clock of steps. */
const timings = fc.record({
  asks: fc.array(fc.record({ key: fc.constantFrom('a', 'b'), at: fc.nat(20) }), {
    minLength: 1,
    maxLength: 40,
  }),
  durations: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 40, maxLength: 40 }),
  failures: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
});

describe('Coalescer', () => {
  test('every answer comes from a call that started after its caller asked, and two calls are the most', async () => {
    await fc.assert(
      fc.asyncProperty(timings, async ({ asks, durations, failures }) => {
        const coalescer = new Coalescer<Call>();
        const clock = new StepClock();
        const running = new Map<string, number>();
        const calls: Call[] = [];
        const answers: { askedAt: number; answer: Promise<Call | Error> }[] = [];
        const call = (key: string) => async (): Promise<Call> => {
          const index = calls.length;
          const own = { startedAt: clock.tick(), fails: failures[index % 40]! };
          calls.push(own);
          running.set(key, (running.get(key) ?? 0) + 1);
          expect(running.get(key)).toBe(1);
          await clock.steps(durations[index % 40]!);
          running.set(key, running.get(key)! - 1);
          if (own.fails) throw Object.assign(new Error('failed'), own);
          return own;
        };
        for (let step = 0; step <= 20; step += 1) {
          for (const { key } of asks.filter(({ at }) => at === step)) {
            const askedAt = clock.tick();
            const answer = coalescer.run(key, call(key)).catch((error: unknown) => error as Error);
            answers.push({ askedAt, answer });
          }
          await clock.advance();
        }
        while (running.size > 0 && [...running.values()].some((count) => count > 0)) {
          await clock.advance();
        }
        for (const { askedAt, answer } of answers) {
          const { startedAt } = (await clock.until(answer)) as Call;
          expect(startedAt).toBeGreaterThan(askedAt);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a thousand callers cost two calls', async () => {
    const coalescer = new Coalescer<number>();
    let calls = 0;
    const gate = Promise.withResolvers<null>();
    const call = async (): Promise<number> => {
      calls += 1;
      const own = calls;
      await gate.promise;
      return own;
    };
    const answers = Array.from({ length: 1_000 }, () => coalescer.run('key', call));
    gate.resolve(null);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([1, 2]));
    expect(calls).toBe(2);
  });

  test('a call that throws at once leaves its key free', async () => {
    const coalescer = new Coalescer<string>();
    const broken = (): Promise<string> => {
      throw new Error('at once');
    };
    const failures = [coalescer.run('key', broken), coalescer.run('key', broken)];
    expect((await Promise.allSettled(failures)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    expect(await coalescer.run('key', () => Promise.resolve('works'))).toBe('works');
  });
});

describe('Batcher', () => {
  test('every answer comes from a call that started after its caller asked, one call for each turn', async () => {
    await fc.assert(
      fc.asyncProperty(timings, async ({ asks }) => {
        const clock = new StepClock();
        let calls = 0;
        const batcher = new Batcher((items: readonly string[]) => {
          const startedAt = clock.tick();
          calls += 1;
          return Promise.resolve(items.map((item) => ({ item, startedAt })));
        });
        const checks: Promise<void>[] = [];
        for (let step = 0; step <= 20; step += 1) {
          for (const { key } of asks.filter(({ at }) => at === step)) {
            const askedAt = clock.tick();
            checks.push(
              batcher.run(key).then(({ item, startedAt }) => {
                expect(item).toBe(key);
                expect(startedAt).toBeGreaterThan(askedAt);
              }),
            );
          }
          await nextTurn();
        }
        await Promise.all(checks);
        expect(calls).toBe(new Set(asks.map(({ at }) => at)).size);
      }),
      { numRuns: 100 },
    );
  });

  test('an item that spoils its batch fails alone', async () => {
    const batcher = new Batcher((items: readonly number[]) =>
      items.includes(13)
        ? Promise.reject(new Error('unlucky'))
        : Promise.resolve(items.map((item) => item * 2)),
    );
    const answers = await Promise.allSettled([1, 13, 2].map((item) => batcher.run(item)));
    expect(answers).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: new Error('unlucky') },
      { status: 'fulfilled', value: 4 },
    ]);
  });

  test('a call that loses answers fails instead of leaving its callers waiting', async () => {
    const batcher = new Batcher<number, number>(() => Promise.resolve([]));
    const answers = await Promise.allSettled([batcher.run(1), batcher.run(2)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Time that only passes when the test says so: `tick` numbers what happens, `advance` lets sleepers go on. */
class StepClock {
  private ticks = 0;
  private step = 0;
  private sleepers: { wakeAt: number; wake: () => void }[] = [];

  tick(): number {
    this.ticks += 1;
    return this.ticks;
  }

  steps(count: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ wakeAt: this.step + count, wake }));
  }

  async advance(): Promise<void> {
    this.step += 1;
    const due = this.sleepers.filter(({ wakeAt }) => wakeAt <= this.step);
    this.sleepers = this.sleepers.filter(({ wakeAt }) => wakeAt > this.step);
    for (const { wake } of due) wake();
    // Everything that follows from waking happens in microtasks, a few deep.
    await nextTurn();
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const mark = (): void => {
      isDone = true;
    };
    promise.then(mark, mark);
    await nextTurn();
    const isOver = (): boolean => isDone;
    while (!isOver()) await this.advance();
    return promise;
  }
}
