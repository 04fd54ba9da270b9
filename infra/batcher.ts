/**
 * Gathers what is asked for within one turn of the event loop and does it in one call: sixty-four requests that arrive
 * or are answered together cost one statement.
 */
export class Batcher<I, O> {
  private waiting: { item: I; answer: PromiseWithResolvers<O> }[] | null = null;
  private readonly runMany: (items: readonly I[]) => Promise<readonly O[]>;

  /** @param runMany answers for each item, in the same order. */
  constructor(runMany: (items: readonly I[]) => Promise<readonly O[]>) {
    this.runMany = runMany;
  }

  run(item: I): Promise<O> {
    if (this.waiting === null) {
      this.waiting = [];
      setImmediate(() => void this.flush());
    }
    const answer = Promise.withResolvers<O>();
    this.waiting.push({ item, answer });
    return answer.promise;
  }

  private async flush(): Promise<void> {
    const batch = this.waiting ?? [];
    this.waiting = null;
    try {
      const answers = await this.answerAll(batch.map(({ item }) => item));
      batch.forEach(({ answer }, index) => answer.resolve(answers[index] as O));
    } catch (error) {
      // One item may have spoilt it for all: alone, only that one fails.
      if (batch.length > 1) {
        await Promise.all(batch.map(({ item, answer }) => this.runAlone(item, answer)));
      } else {
        batch.forEach(({ answer }) => answer.reject(error));
      }
    }
  }

  private async runAlone(item: I, answer: PromiseWithResolvers<O>): Promise<void> {
    try {
      const [only] = await this.answerAll([item]);
      answer.resolve(only as O);
    } catch (error) {
      answer.reject(error);
    }
  }

  private async answerAll(items: readonly I[]): Promise<readonly O[]> {
    const answers = await this.runMany(items);
    if (answers.length !== items.length) throw new TypeError('A batch has lost answers');
    return answers;
  }
}
