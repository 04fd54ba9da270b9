import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersOk } from '../process/answersOk.ts';
import type { Program } from '../process/program.ts';

const run = promisify(execFile);

const CHECKOUT = join(import.meta.dirname, '..', '..');

/** A write may wait 25 s for its result; the API finishes those that it accepted. */
const API_GRACE_MS = 30_000;
/** Activities get 15 s to finish, then the workers close their connections. */
const WORKER_GRACE_MS = 30_000;

/**
 * The whole stack shares a small machine: two allocation arenas instead of eight for each core, and in the worker, which
 * has a heap for each workflow thread, a young generation of 4 MB instead of 16. The API keeps its 16: events in flight
 * would survive a smaller one, and collecting them cost it a sixth of its time under load.
 */
const SMALL_HEAP = ['--max-semi-space-size=4'];
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };

/** Longer than the API waits for each of the parts that it asks. */
const READY_TIMEOUT_MS = 5_000;

/**
 * The API and the worker as programs. Both are ready when the API says that everything is there, which includes a
 * worker that polls; so either one that ends early is noticed at once.
 */
export function services(options: {
  environment: NodeJS.ProcessEnv;
  localUrl: string;
}): readonly [api: Program, worker: Program] {
  const shared = {
    command: process.execPath,
    environment: { ...FEW_ARENAS, ...options.environment },
    cwd: CHECKOUT,
    stopSignal: 'SIGTERM',
    isReady: () => answersOk(`${options.localUrl}/readyz`, READY_TIMEOUT_MS),
  } as const;
  return [
    {
      ...shared,
      name: 'api',
      args: [join('api', 'main.ts')],
      stopGraceMs: API_GRACE_MS,
    },
    {
      ...shared,
      name: 'worker',
      args: [...SMALL_HEAP, join('worker', 'main.ts')],
      stopGraceMs: WORKER_GRACE_MS,
    },
  ];
}

/** Builds the workflow bundle in a process of its own: webpack's memory goes with it, and the worker finds the file. */
export async function buildBundle(signal: AbortSignal): Promise<void> {
  await run(process.execPath, [join('scripts', 'bundle.ts')], { cwd: CHECKOUT, signal });
}
