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
