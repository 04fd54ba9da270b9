export type LoadResult = Readonly<{
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  calls: number;
}>;

/** Runs `call` from `clients` loops for a time, and says how it went. Throws with the first failed call. */
export async function load(
  clients: number,
  durationMs: number,
  call: (client: number, round: number) => Promise<void>,
): Promise<LoadResult> {
  const times: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let round = 0; performance.now() - startedAt < durationMs; round += 1) {
        const sentAt = performance.now();
        await call(client, round);
        times.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    perSecond: times.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: times.at(-1) ?? 0,
    calls: times.length,
  };
}

export function describeLoad(name: string, result: LoadResult): Record<string, string | number> {
  return {
    what: name,
    'calls/s': Math.round(result.perSecond),
    'p50 ms': Number(result.p50Ms.toFixed(1)),
    'p99 ms': Number(result.p99Ms.toFixed(1)),
    'max ms': Number(result.maxMs.toFixed(0)),
  };
}

/** Several turns of the same: medians, and the worst of all. */
export function describeLoads(
  name: string,
  rounds: readonly LoadResult[],
): Record<string, string | number> {
  return describeLoad(name, {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    maxMs: Math.max(...rounds.map(({ maxMs }) => maxMs)),
    calls: rounds.reduce((sum, { calls }) => sum + calls, 0),
  });
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
