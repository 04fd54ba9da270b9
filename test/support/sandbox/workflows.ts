/** Answers at once. */
export async function quick(): Promise<string> {
  return Promise.resolve('done');
}

/** Never yields: nothing but an interruption from outside ends it. */
export async function spin(): Promise<never> {
  await Promise.resolve();
  for (;;);
}
